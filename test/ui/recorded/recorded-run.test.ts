/** @file Recorded runs as they come over the network: whole, torn, inflated on the way, or larger than any run. */
import { gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { fetchEvents, type TimedEvent } from "../../../src/ui/recorded/recorded-run.ts";

const URL_OF_RUN = new URL("http://localhost/run.jsonl.gz");
const LINE = `${JSON.stringify({ at: 5, type: "phaseStarted", phase: "rollout", iteration: 1 })}\n`;

afterEach(() => {
  vi.unstubAllGlobals();
});

async function eventsOf(body: BodyInit): Promise<TimedEvent[]> {
  vi.stubGlobal("fetch", async () => new Response(body));
  const told: TimedEvent[] = [];
  await fetchEvents(URL_OF_RUN, (events) => told.push(...events));
  return told;
}

test.each([
  ["compressed", gzipSync(LINE.repeat(3))],
  ["inflated on the way", LINE.repeat(3)],
  ["torn in its last line", `${LINE.repeat(3)}${LINE.slice(0, 20)}`],
])("a run that is %s tells its events", async (_, body) => {
  expect(await eventsOf(body)).toHaveLength(3);
});

test.each([
  ["one line without an end", Buffer.alloc(10 ** 9)],
  ["lines that tell nothing", Buffer.alloc(10 ** 9, `${"x".repeat(999)}\n`)],
])("a file that inflates to a gigabyte of %s is given up when a twentieth of it is inflated", async (_, content) => {
  const bomb = gzipSync(content, { level: 1 });
  let inflated = 0;
  class CountingDecoder {
    readonly #decoder = new TextDecoder();
    readonly #stream = new TransformStream<Uint8Array, string>({
      transform: (bytes, controller) => {
        inflated += bytes.length;
        controller.enqueue(this.#decoder.decode(bytes, { stream: true }));
      },
    });
    readonly readable = this.#stream.readable;
    readonly writable = this.#stream.writable;
  }
  vi.stubGlobal("TextDecoderStream", CountingDecoder);
  await expect(eventsOf(bomb)).rejects.toThrow("larger than any recorded run");
  expect(inflated).toBeGreaterThan(2 ** 20);
  expect(inflated).toBeLessThan(content.length / 20);
});
