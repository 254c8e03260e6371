/** @file Turns of the event loop in a worker, by messages: browsers slow down timers of hidden tabs, not messages. */

/** A scheduler whose `nextTask` resolves in a later task, after messages that came in before. */
export function messageTasks(): { readonly nextTask: () => Promise<void> } {
  const { port1, port2 } = new MessageChannel();
  let waiting: (() => void)[] = [];
  port1.onmessage = () => {
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  };
  const nextTask = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) port2.postMessage(null);
    });
  return { nextTask };
}

/** Longest time without letting messages in. */
const BREATH_MS = 20;

/** Awaits the next task if the last one was a while ago. */
export function breathing(nextTask: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await nextTask();
    last = performance.now();
  };
}
