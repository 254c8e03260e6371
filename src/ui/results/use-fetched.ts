import { useEffect, useState } from "react";

/** Something that is fetched: not there yet, there, or why not. */
export type Fetched<Value> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly error: string };

/** Fetches by a key; what comes after the key has changed is dropped. */
export function useFetched<Value>(key: string, fetchValue: (key: string) => Promise<Value>): Fetched<Value> {
  const [held, setHeld] = useState<{ readonly key: string; readonly answer: Fetched<Value> } | null>(null);
  useEffect(() => {
    let isWanted = true;
    const hold = (answer: Fetched<Value>): void => {
      if (isWanted) setHeld({ key, answer });
    };
    fetchValue(key).then(
      (value) => hold({ state: "ready", value }),
      (reason: unknown) => hold({ state: "failed", error: reason instanceof Error ? reason.message : String(reason) }),
    );
    return () => {
      isWanted = false;
    };
  }, [key, fetchValue]);
  return held?.key === key ? held.answer : { state: "loading" };
}
