import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStaticServer } from "../../scripts/static-server.mjs";

let folder: string;
let server: Awaited<ReturnType<typeof startStaticServer>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "static-server-"));
  await mkdir(path.join(folder, "dist", "assets"), { recursive: true });
  await writeFile(path.join(folder, "secret.txt"), "secret");
  await writeFile(path.join(folder, "dist", "index.html"), "<p>page</p>");
  await writeFile(path.join(folder, "dist", "run.jsonl"), "{}\n");
  await writeFile(path.join(folder, "dist", "assets", "kernel.wasm"), "wasm");
  server = await startStaticServer({ root: path.join(folder, "dist"), basePath: "/sub/path/" });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** The status of a request whose path is sent as written; `fetch` would tidy it. */
function statusOf(rawPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(server.url), { path: rawPath }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("the base path gives the page, with the security headers", async () => {
  const response = await fetch(server.url);
  expect(await response.text()).toBe("<p>page</p>");
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test.each([
  ["assets/kernel.wasm", "application/wasm"],
  ["run.jsonl", "application/x-ndjson; charset=utf-8"],
])("%s is served as %s", async (file, type) => {
  expect((await fetch(server.url + file)).headers.get("content-type")).toBe(type);
});

test.each([
  "/sub/path/../../secret.txt",
  "/sub/path/..%2f..%2fsecret.txt",
  "/sub/path/%00",
  "/sub/path/%",
  "/",
  "/sub",
])("%s is not found", async (rawPath) => {
  expect(await statusOf(rawPath)).toBe(404);
});

test("an unchanged file is not sent twice", async () => {
  const etag = (await fetch(server.url)).headers.get("etag") ?? "";
  expect((await fetch(server.url, { headers: { "if-none-match": etag } })).status).toBe(304);
});

test("only reading is allowed", async () => {
  expect((await fetch(server.url, { method: "POST" })).status).toBe(405);
});

test("a port that is in use is refused with EADDRINUSE", async () => {
  const port = Number(new URL(server.url).port);
  await expect(startStaticServer({ root: folder, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
