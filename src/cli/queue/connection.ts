/** @file BullMQ on Redis, loaded only where a queue is used. */
import type { Redis } from "ioredis";
import { ConfigError } from "../../core/base/errors.ts";
import { printProgress } from "../output.ts";

const MAX_RETRY_MS = 2000;

/** A server that queues are on, and the library. */
export interface QueueServer {
  readonly bullmq: typeof import("bullmq");
  /** A new connection, which comes back by itself when the server does; commands wait for it. */
  readonly connect: () => Redis;
}

/**
 * The server of an address such as redis://:password@192.0.2.1:6379/0.
 *
 * @throws {ConfigError} if it is none, or the optional packages are not installed
 */
export async function queueServer(url: string): Promise<QueueServer> {
  if (!/^rediss?:\/\/\S+$/.test(url)) throw new ConfigError(`--queue: an address redis://host:port, got "${url}"`);
  const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]).catch(() => {
    throw new ConfigError("--queue: the packages bullmq and ioredis (npm install), got none");
  });
  const connect = (): Redis => {
    const connection = new ioredis.Redis(url, {
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * times, MAX_RETRY_MS),
    });
    let isLost = false;
    connection.on("error", (error: Error) => {
      if (!isLost) printProgress(`queue: ${url} does not answer (${error.message || error.name}); waiting for it`);
      isLost = true;
    });
    connection.on("ready", () => (isLost = false));
    return connection;
  };
  return { bullmq, connect };
}
