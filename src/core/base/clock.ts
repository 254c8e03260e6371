/** Tells the time to code that may not ask for it; the host provides it. */
export interface Clock {
  /** Milliseconds from any fixed moment. */
  now(): number;
}
