/** @file Plays recorded runs into the page: forward by time, or to any place at once. */
import type { TrainingEvent } from "../../core/events/training-event.ts";
import type { TimedEvent } from "./recorded-run.ts";
import { firstAfter, timelineOf, type Timeline } from "./timeline.ts";

/** What the player tells. `fresh` events replace everything told before. */
export type Listener = (key: string, events: readonly TrainingEvent[], fresh: boolean) => void;

interface Track {
  events: TimedEvent[];
  timeline: Timeline;
  /** Events told so far. */
  told: number;
  isComplete: boolean;
}

/** Plays several runs in step. Time is passed in, so that it can be tested. */
export class Player {
  readonly #listener: Listener;
  readonly #tracks = new Map<string, Track>();
  #position = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Iterations played so far; 2.5 is the middle of the third one. */
  get position(): number {
    return this.#position;
  }

  /** Iterations of the longest run, as far as it is loaded. */
  get length(): number {
    return Math.max(0, ...[...this.#tracks.values()].map(({ timeline }) => timeline.length));
  }

  get isAtEnd(): boolean {
    const tracks = [...this.#tracks.values()];
    return tracks.length > 0 && tracks.every(({ isComplete }) => isComplete) && this.#position >= this.length;
  }

  /** Adds loaded events to a run. */
  add(key: string, events: readonly TimedEvent[]): void {
    const track = this.#tracks.get(key);
    const all = [...(track?.events ?? []), ...events];
    const timeline = timelineOf(all);
    this.#tracks.set(key, { events: all, timeline, told: track?.told ?? 0, isComplete: track?.isComplete ?? false });
  }

  /** No more events of a run will come. */
  complete(key: string): void {
    const track = this.#tracks.get(key);
    if (track !== undefined) track.isComplete = true;
  }

  /** Plays on by some iterations, not beyond what is loaded. */
  advance(iterations: number): void {
    this.#position = Math.min(this.#limit(), this.#position + iterations);
    for (const [key, track] of this.#tracks) this.#tell(key, track);
  }

  /** Goes to any place, forwards or back. */
  seek(position: number): void {
    const goesBack = position < this.#position;
    this.#position = Math.min(this.#limit(), Math.max(0, position));
    for (const [key, track] of this.#tracks) {
      if (goesBack) {
        track.told = 0;
        this.#listener(key, [], true);
      }
      this.#tell(key, track);
    }
  }

  /** The last iteration of an incomplete run is not laid out yet. */
  #limit(): number {
    const tracks = [...this.#tracks.values()];
    const open = tracks.filter(({ isComplete }) => !isComplete);
    return open.length === 0 ? this.length : Math.min(...open.map(({ timeline }) => Math.max(0, timeline.length - 1)));
  }

  #tell(key: string, track: Track): void {
    const end = firstAfter(track.timeline.positions, this.#position);
    if (end <= track.told) return;
    const events = track.events.slice(track.told, end).map(({ event }) => event);
    track.told = end;
    this.#listener(key, events, false);
  }
}
