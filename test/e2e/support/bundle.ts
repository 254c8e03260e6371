/** @file Makes a page of one script, for tests and measurements of parts of the program in a real browser. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Bundles a script into a page in a new folder, which the caller removes. */
export async function bundlePage(script: URL): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "page-"));
  const entry = fileURLToPath(script);
  await build({
    ...{ configFile: false, logLevel: "error", publicDir: false, base: "./", worker: { format: "es" } },
    build: { outDir: folder, target: "es2022", lib: { entry, formats: ["es"], fileName: () => "page.js" } },
  });
  const html = '<!doctype html><body><script type="module" src="./page.js"></script></body>';
  await writeFile(path.join(folder, "index.html"), html);
  return folder;
}
