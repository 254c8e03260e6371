/** @file Trains a small base policy in a worker of its own and puts its name into the form. */
import type { WorkerMessage } from "../../protocol/messages.ts";
import { pretrainedName } from "../../protocol/pretrained-bases.ts";
import { asSentence } from "../format.ts";
import { addNote, usePage } from "../store/store.ts";
import { WorkerClient } from "../worker-client.ts";
import { findBases } from "./bases.ts";
import { setFields } from "./settings-actions.ts";

const KEY = "pretraining";
const client = new WorkerClient((_key, message) => receive(message));
let wanted = { seed: 0, tokens: 0 };

/** Starts training a base policy on made-up worlds; the database keeps it under its name. */
export function startPretraining(seed: number, tokens: number): void {
  wanted = { seed, tokens };
  client.open(KEY, KEY);
  client.send(KEY, { type: "pretrain", seed, tokens, backend: usePage.getState().backendChoice });
  usePage.setState({
    pretraining: { stage: "loading", fraction: null, remainingMs: null, text: "Preparing the made-up worlds" },
  });
}

/** Ends it; nothing is kept. */
export function stopPretraining(): void {
  client.close(KEY);
  usePage.setState({ pretraining: null });
}

function receive(message: WorkerMessage): void {
  if (message.type === "progress" && message.progress !== null) usePage.setState({ pretraining: message.progress });
  if (message.type === "failed") {
    stopPretraining();
    addNote("error", `The base policy could not be trained. ${asSentence(message.error.message)}`);
  }
  if (message.type !== "state") return;
  stopPretraining();
  void findBases();
  setFields({ base: pretrainedName(wanted) });
  addNote("info", "The base policy is trained and stored in this browser. The next run starts from it.");
}
