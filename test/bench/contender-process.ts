/** @file The parent's side of a contender's process: orders one at a time, with a limit on how long an answer may take. */
import { type ChildProcess, fork } from "node:child_process";
import { vulkanEnvironment } from "../support/vulkan.ts";
import type { Answers, Order } from "./child.ts";
import { CONTENDERS, type ContenderId } from "./results.ts";

const START_LIMIT_MS = 120_000;

/** A running child. */
export class ContenderProcess {
  readonly id: ContenderId;
  readonly notes: readonly string[];
  readonly #child: ChildProcess;
  #isAlive = true;

  private constructor(id: ContenderId, child: ChildProcess, notes: readonly string[]) {
    this.id = id;
    this.#child = child;
    this.notes = notes;
  }

  /** Starts the process and the contender in it. */
  static async start(id: ContenderId): Promise<ContenderProcess> {
    const env = CONTENDERS[id].backend === "webgpu" ? vulkanEnvironment() : process.env;
    const options = { env, execArgv: ["--import", "tsx"], stdio: ["ignore", "ignore", "inherit", "ipc"] as const };
    const child = fork(new URL("./child.ts", import.meta.url), { ...options, stdio: [...options.stdio] });
    const { notes } = await ask<Answers["start"]>(child, { type: "start", contender: id }, START_LIMIT_MS);
    return new ContenderProcess(id, child, notes);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Gives an order. A child that does not answer in time is ended. */
  async order<Type extends Order["type"]>(
    order: Extract<Order, { type: Type }>,
    limitMs = START_LIMIT_MS,
  ): Promise<Answers[Type]> {
    try {
      return await ask<Answers[Type]>(this.#child, order, limitMs);
    } catch (error) {
      if (!(error instanceof ContenderError)) this.end();
      throw error;
    }
  }

  /** Ends the process. */
  end(): void {
    this.#isAlive = false;
    this.#child.kill("SIGKILL");
  }
}

/** What the child says went wrong; it lives on. */
class ContenderError extends Error {}

function ask<Answer>(child: ChildProcess, order: Order, limitMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      act();
    };
    const onMessage = (message: { result: Answer } | { error: string }): void =>
      settle(() => {
        if ("error" in message) reject(new ContenderError(message.error));
        else resolve(message.result);
      });
    const onExit = (code: number | null): void =>
      settle(() => reject(new Error(`the process ended with code ${String(code)}`)));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no answer in ${Math.round(limitMs / 1000)} s`))),
      limitMs,
    );
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.send(order);
  });
}
