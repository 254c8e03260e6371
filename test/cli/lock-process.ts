/**
 * @file A process that wants a run's folder. `hold <folder>`: takes it, says so and stays. `contend <folder> <times>`: takes
 * it again and again; each time it is alone if nobody else can make the same file. Says how often it was not alone.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunLock, RunLockedError } from "../../src/cli/run-lock.ts";

const [mode, folder, times] = process.argv.slice(2) as [string, string, string?];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function contend(count: number): Promise<void> {
  let [held, refused, notAlone] = [0, 0, 0];
  const inside = join(folder, "inside");
  while (held < count) {
    try {
      const lock = await RunLock.take(folder);
      held++;
      try {
        writeFileSync(inside, "", { flag: "wx" });
        await pause(Math.random() * 3);
        rmSync(inside);
      } catch {
        notAlone++;
      }
      lock.release();
      await pause(Math.random() * 3);
    } catch (error) {
      if (!(error instanceof RunLockedError)) throw error;
      refused++;
    }
  }
  process.stdout.write(`${JSON.stringify({ held, refused, notAlone })}\n`);
}

if (mode === "contend") await contend(Number(times));
else {
  await RunLock.take(folder);
  process.stdout.write("held\n");
  setInterval(() => undefined, 60_000);
}
