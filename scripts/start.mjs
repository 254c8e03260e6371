/** @file `npm start`: install if needed, build if needed, serve dist. PORT and HOST may be set. */
import { DIST, ensureBuilt, ensureInstalled } from "./prepare.mjs";
import { startStaticServer } from "./static-server.mjs";

const DEFAULT_PORT = 4173;

/** @param {string | undefined} text */
function parsePort(text) {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`PORT must be 0 to 65535, got ${text}.`);
  return port;
}

/**
 * @param {unknown} error
 * @param {number} port
 */
function explain(error, port) {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  if (error.code === "EADDRINUSE") {
    return `port ${port} is already in use. Choose another: PORT=${port + 1} npm start`;
  }
  if (error.code === "EACCES") return `port ${port} needs more rights. Choose another: PORT=${DEFAULT_PORT} npm start`;
  return error.message;
}

let port = DEFAULT_PORT;
try {
  port = parsePort(process.env["PORT"]);
  ensureInstalled();
  ensureBuilt();
  const server = await startStaticServer({ root: DIST, port, host: process.env["HOST"] || "127.0.0.1" });
  const { status } = await fetch(server.url);
  if (status !== 200) throw new Error(`the page answered with status ${status}, expected 200.`);
  console.log(`EMPO² Playground is ready: ${server.url.replace("127.0.0.1", "localhost")}  (Ctrl+C stops it)`);
  const stop = () => void server.close().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
} catch (error) {
  console.error(`npm start: ${explain(error, port)}`);
  process.exit(1);
}
