/** @file What a page fetches, by kind, as it would weigh in transfer (gzip). */
import { gzipSync } from "node:zlib";
import type { BrowserContext } from "playwright-core";

/** Something that was fetched. */
export interface Fetched {
  readonly name: string;
  /** Bytes after gzip; of files that do not shrink, their own. */
  readonly bytes: number;
}

/** Notes everything that the pages and workers of a context fetch from now on. */
export function watchFetches(context: BrowserContext): { readonly fetched: () => Promise<readonly Fetched[]> } {
  const waiting: Promise<Fetched | null>[] = [];
  context.on("response", (response) => {
    const name = new URL(response.url()).pathname.split("/").at(-1)!;
    waiting.push(
      response.body().then(
        (body) => ({ name, bytes: gzipSync(body).length }),
        () => null,
      ),
    );
  });
  return {
    fetched: async () => (await Promise.all(waiting)).filter((each) => each !== null),
  };
}

/** Names of the scripts that a page has to have before it can paint anything: those that its HTML names. */
export async function scriptsOfFirstPaint(url: string): Promise<ReadonlySet<string>> {
  const html = await (await fetch(url)).text();
  const paths = [...html.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path!);
  return new Set(paths.map((path) => path.split("/").at(-1)!));
}

/** The bytes of all fetched files whose name fits. */
export function weightOf(fetched: readonly Fetched[], name: RegExp): number {
  const once = new Map(fetched.filter((each) => name.test(each.name)).map((each) => [each.name, each.bytes]));
  return [...once.values()].reduce((sum, bytes) => sum + bytes, 0);
}
