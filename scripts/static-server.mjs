/** @file The static server behind `npm start` and the browser tests. Node built-ins only. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { HEADER_CSP } from "./csp.mjs";

/** @type {Record<string, string>} */
const MIME_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".jsonl": "application/x-ndjson; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".safetensors": "application/octet-stream",
  ".bin": "application/octet-stream",
  ".gz": "application/gzip",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

const SECURITY_HEADERS = {
  "Content-Security-Policy": HEADER_CSP,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/**
 * The file a URL path names, or undefined when it lies outside the served folder.
 * @param {string} urlPath
 * @param {string} root
 * @param {string} basePath
 */
function filePathOf(urlPath, root, basePath) {
  let decoded;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (!decoded.startsWith(basePath) || decoded.includes("\0")) return undefined;
  const file = path.resolve(root, decoded.slice(basePath.length) || "index.html");
  return file.startsWith(root + path.sep) ? file : undefined;
}

/**
 * The file that a URL path names, with its statistics, or undefined when there is none.
 * @param {string} urlPath
 * @param {{ root: string, basePath: string }} site
 */
async function findFile(urlPath, { root, basePath }) {
  const file = filePathOf(urlPath, root, basePath);
  if (file === undefined) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? { file, size: found.size, modifiedMs: found.mtimeMs } : undefined;
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {{ root: string, basePath: string }} site
 */
async function answer(request, response, site) {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return;
  }
  const urlPath = (request.url ?? "/").split(/[?#]/, 1)[0] ?? "/";
  const found = await findFile(urlPath, site);
  if (found === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found\n");
    return;
  }
  const etag = `"${found.size.toString(36)}-${Math.round(found.modifiedMs).toString(36)}"`;
  response.setHeader("ETag", etag);
  // Names under assets/ carry a content hash; everything else is asked for again.
  response.setHeader("Cache-Control", urlPath.includes("/assets/") ? "max-age=31536000, immutable" : "no-cache");
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, {
    "Content-Type": MIME_TYPES[path.extname(found.file).toLowerCase()] ?? "application/octet-stream",
    "Content-Length": found.size,
  });
  if (request.method === "HEAD") response.end();
  else
    createReadStream(found.file)
      .on("error", () => response.destroy())
      .pipe(response);
}

/**
 * Serves a folder until closed. Port 0 takes any free port; `basePath` starts and ends with "/".
 * @param {{ root: string, port?: number, host?: string, basePath?: string }} options
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} rejects with the system's error, such as EADDRINUSE
 */
export async function startStaticServer({ root, port = 0, host = "127.0.0.1", basePath = "/" }) {
  const site = { root: path.resolve(root), basePath };
  const server = createServer((request, response) => {
    answer(request, response, site).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("static server: requires a TCP address");
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}${basePath}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
