/**
 * @file Starts, pauses, steps and ends the live runs: the main one, and beside it another method from the same seed
 * and budget, each in its own worker.
 */
import type { IterationSummary, TrainingEvent } from "../../core/events/training-event.ts";
import { readRunConfig } from "../../core/training/config-parsing.ts";
import { CONFIG_FIELDS, type RunConfig } from "../../core/training/run-config.ts";
import type { WorkerMessage } from "../../protocol/messages.ts";
import { knownSettings, totalMs } from "../store/run-slice.ts";
import { asSentence, formatDuration } from "../format.ts";
import { emptyView } from "../store/run-view.ts";
import { INITIAL_SELECTION } from "../store/selection.ts";
import type { WorkerState } from "../store/worker-slice.ts";
import { addNote, liveView, usePage } from "../store/store.ts";
import { hashOfConfig } from "../url.ts";
import { messageOf, WORKER_LOST, type CommandBody } from "../worker-client.ts";
import { readSession, writeSession, type StoredSession } from "./browser-memory.ts";
import { whenSizeIsFine } from "./large-runs.ts";
import { applyNow, hear } from "./heard-queue.ts";
import { noticeStorage } from "./storage-notices.ts";
import { removeRecording } from "./recording.ts";
import { client, onWorkerMessage, runIds } from "./run-client.ts";
import { FILE_TIMEOUT_MS } from "./run-requests.ts";
import { companionMethod, methodTitle, runTitle } from "./run-title.ts";

/** After so many starts by itself without a finished iteration, the page waits for the visitor. */
const MAX_ATTEMPTS = 3;
/** Where an iteration takes longer, a second run beside the first is a burden. */
const SLOW_ITERATION_MS = 30_000;

onWorkerMessage(receive);
/** What runs that are being opened have told of their configuration. */
const openingConfigs = new Map<string, Partial<RunConfig>>();
let nextKey = 1;

type FailedMessage = Extract<WorkerMessage, { readonly type: "failed" }>;
type EventsMessage = Extract<WorkerMessage, { readonly type: "events" }>;

interface StartOptions {
  readonly config: RunConfig;
  readonly runId: string;
  readonly fresh: boolean;
  readonly autoRun: boolean;
  /** Whether another tab that trains the run is asked to let go. */
  readonly takeOver?: boolean;
}

function newRunId(method: string): string {
  return `${method}-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e6).toString(36)}`;
}

function open({ config, runId, ...start }: StartOptions): string {
  const key = `live-${nextKey++}`;
  runIds.set(key, runId);
  usePage.setState(({ views, order, liveKeys }) => ({
    views: {
      ...views,
      [key]: emptyView({ key, title: runTitle(config), source: "live", method: config.method, config }),
    },
    order: [...order, key],
    liveKeys: [...liveKeys, key],
  }));
  client.open(key, runId);
  send(key, { config, ...start });
  return key;
}

function send(key: string, start: Omit<StartOptions, "runId">): void {
  const { backendChoice } = usePage.getState();
  usePage.setState({ openedBackend: backendChoice });
  client.send(key, { type: "start", backend: backendChoice, isKept: true, takeOver: false, ...start });
}

/** Starts the main run with the settings of the form, and its companion. */
function startRuns(autoRun: boolean): void {
  const { settings, race } = usePage.getState();
  const config = settings.draft;
  removeRecording();
  const mainId = newRunId(config.method);
  const key = open({ config, runId: mainId, fresh: true, autoRun });
  usePage.setState({
    shownKey: key,
    selection: INITIAL_SELECTION,
    settings: { ...settings, running: config, corrections: [] },
  });
  writeSession({ mainId, companionId: null, race, config: { ...config }, wasRunning: autoRun, attempts: 0 });
}

/** Starts the other method beside the main run. */
function startCompanion(): void {
  const { settings, views, liveKeys } = usePage.getState();
  const [mainKey, companionKey] = liveKeys;
  if (mainKey === undefined || companionKey !== undefined || settings.running === null) return;
  const method = companionMethod(settings.running.method);
  const companionId = newRunId(method);
  const autoRun = views[mainKey]?.worker?.state === "running";
  const key = open({ config: { ...settings.running, method }, runId: companionId, fresh: true, autoRun });
  if (!autoRun) client.send(key, { type: "step" });
  rememberSession({ companionId });
}

/**
 * The companion begins when the main run has done its first iteration, so that loading and compiling are not done
 * twice at once; on a slow machine only if the visitor wants it.
 */
function considerCompanion({ times }: IterationSummary): void {
  const { race, liveKeys, settings } = usePage.getState();
  if (!race || liveKeys.length !== 1 || settings.running === null) return;
  const ms = totalMs(times);
  if (ms <= SLOW_ITERATION_MS) {
    startCompanion();
    return;
  }
  usePage.setState({ race: false });
  rememberSession({ race: false });
  const title = methodTitle(companionMethod(settings.running.method));
  addNote("info", `An iteration takes ${formatDuration(ms)} here, so ${title} does not run beside it by itself.`, {
    label: `Race ${title}`,
    run: () => setRace(true),
  });
}

/** Starts or goes on. */
export function train(): void {
  const worker = liveView(usePage.getState())?.worker;
  if (worker === undefined || worker === null) whenSizeIsFine(() => startRuns(true));
  else if (worker.state === "finished" && !extend()) restart();
  else if (worker.state === "elsewhere") takeOver();
  else {
    continueFailed();
    sendToAll({ type: "resume" });
  }
  usePage.setState({ isPausing: false });
  rememberSession({ wasRunning: true });
}

/** Tells a finished run that it has more iterations now, in case the form has not yet; false if it has none. */
function extend(): boolean {
  const { settings } = usePage.getState();
  const done = liveView(usePage.getState())?.run.iteration ?? 0;
  if (settings.running === null || settings.running.iterations <= done) return false;
  sendToAll({ type: "setConfig", changes: { iterations: settings.running.iterations } });
  return true;
}

export function pause(): void {
  sendToAll({ type: "pause" });
  usePage.setState({ isPausing: true });
  rememberSession({ wasRunning: false });
}

/** Pauses for a reload, after which the runs go on by themselves. */
export function pauseForReload(): void {
  const wasRunning = isRunning();
  pause();
  rememberSession({ wasRunning });
}

/** One iteration, then pause. */
export function step(): void {
  const live = liveView(usePage.getState());
  if (live === null) whenSizeIsFine(() => startRuns(false));
  else if (live.worker?.state !== "paused") return;
  usePage.setState({ isPausing: false });
  sendToAll({ type: "step" });
}

export function isRunning(): boolean {
  const state = liveView(usePage.getState())?.worker?.state;
  return state === "running" || state === "starting";
}

/** Ends the runs; their curves stay on the page. A new seed changes the form. */
export function reset(seed: "same" | "new"): void {
  const session = readSession();
  const { liveKeys } = usePage.getState();
  endRuns();
  if (session !== null && liveKeys.length > 0) {
    addNote("info", "The run is reset; what it had learned is still stored.", {
      label: "Undo",
      run: () => bringBack(session, liveKeys),
    });
  }
  if (seed === "new") {
    const [random] = crypto.getRandomValues(new Uint16Array(1));
    usePage.setState(({ settings }) => ({ settings: { ...settings, draft: { ...settings.draft, seed: random! } } }));
  }
}

/** Undoes a reset: the stored runs take the place of their curves, paused. */
function bringBack(session: StoredSession, keys: readonly string[]): void {
  endRuns();
  usePage.setState(({ order, views }) => ({
    order: order.filter((key) => !keys.includes(key)),
    views: Object.fromEntries(Object.entries(views).filter(([key]) => !keys.includes(key))),
  }));
  writeSession({ ...session, wasRunning: false, attempts: 0 });
  resumeStoredRun(null);
}

/** Ends the runs and starts again with the form's settings. */
export function restart(): void {
  whenSizeIsFine(() => {
    endRuns();
    startRuns(true);
  });
}

function endRuns(): void {
  applyNow();
  for (const key of usePage.getState().liveKeys) client.close(key);
  usePage.setState(({ views, order, liveKeys, settings }) => {
    const kept = order.filter((key) => !liveKeys.includes(key) || views[key]!.run.curve.length > 0);
    const past = kept.map((key) => {
      const view = views[key]!;
      return [key, liveKeys.includes(key) ? { ...view, source: "past" as const, worker: null } : view] as const;
    });
    return {
      views: Object.fromEntries(past),
      order: kept,
      liveKeys: [],
      shownKey: null,
      selection: INITIAL_SELECTION,
      settings: { ...settings, running: null },
      isPausing: false,
    };
  });
  writeSession(null);
}

/** Opens the failed runs again, from their last save. */
function continueFailed(): void {
  const { liveKeys, views } = usePage.getState();
  for (const key of liveKeys) if (views[key]?.worker?.state === "failed") reopen(key, true);
}

/** Goes on here with the runs that another tab trains; that tab saves its iteration and lets go. */
export function takeOver(): void {
  const { liveKeys, views } = usePage.getState();
  const session = readSession();
  const autoRun = session?.wasRunning ?? true;
  for (const key of liveKeys) {
    if (views[key]?.worker?.state === "elsewhere") reopen(key, autoRun, true);
  }
  const isSameRun = session !== null && session.mainId === runIds.get(liveKeys[0] ?? "");
  if (isSameRun && liveKeys.length === 1) takeOverCompanion(session);
}

/** The other tab may have begun to race since this one was opened. */
function takeOverCompanion({ companionId, wasRunning }: StoredSession): void {
  const { running } = usePage.getState().settings;
  if (companionId === null || running === null) return;
  const config = { ...running, method: companionMethod(running.method) };
  open({ config, runId: companionId, fresh: false, autoRun: wasRunning, takeOver: true });
  usePage.setState({ race: true });
}

/** Opens a live run again, from its last save, in a new worker. */
function reopen(key: string, autoRun: boolean, isTakenOver = false): void {
  const { views, settings } = usePage.getState();
  const view = views[key];
  const runId = runIds.get(key);
  if (view === undefined || runId === undefined || settings.running === null) return;
  const config = { ...settings.running, method: view.run.method };
  const empty = emptyView({ key, title: view.title, source: "live", method: config.method, config });
  usePage.setState(({ views: all }) => ({ views: { ...all, [key]: empty } }));
  client.open(key, runId);
  send(key, { config, fresh: false, autoRun, takeOver: isTakenOver });
}

/** The live runs go on from their last save on the compute that the visitor wants. */
export function reopenRuns(): void {
  applyNow();
  const autoRun = isRunning() && !usePage.getState().isPausing;
  for (const key of usePage.getState().liveKeys) reopen(key, autoRun);
  usePage.setState({ isPausing: false });
}

/** Goes on with the run of the last visit. Settings of the form that wait for a restart go on waiting. */
export function resumeStoredRun(form: RunConfig | null): boolean {
  const session = readSession();
  if (session === null) return false;
  const config = configFromRecord(session.config);
  const autoRun = session.wasRunning && session.attempts < MAX_ATTEMPTS;
  if (session.wasRunning && !autoRun) {
    addNote(
      "error",
      "The page was opened several times without a finished iteration, so the run waits. Press Resume to go on.",
    );
  }
  writeSession({ ...session, attempts: session.attempts + 1 });
  removeRecording();
  const key = open({ config, runId: session.mainId, fresh: false, autoRun });
  usePage.setState(({ settings }) => ({
    shownKey: key,
    selection: INITIAL_SELECTION,
    race: session.race,
    settings: { ...settings, draft: { ...config, ...coldSettings(form ?? config) }, running: config },
  }));
  if (session.companionId !== null) {
    const method = companionMethod(config.method);
    open({ config: { ...config, method }, runId: session.companionId, fresh: false, autoRun });
  }
  return true;
}

function coldSettings(config: RunConfig): Partial<RunConfig> {
  return Object.fromEntries(CONFIG_FIELDS.filter(({ hot }) => !hot).map(({ key }) => [key, config[key]]));
}

/** Lets another method run beside the main one, or ends it. */
export function setRace(race: boolean): void {
  usePage.setState({ race });
  rememberSession({ race });
  const [mainKey, companionKey] = usePage.getState().liveKeys;
  if (race) startCompanion();
  if (race || mainKey === undefined || companionKey === undefined) return;
  client.close(companionKey);
  usePage.setState(({ order, shownKey, views }) => ({
    views: withoutKey(views, companionKey),
    order: order.filter((key) => key !== companionKey),
    liveKeys: [mainKey],
    shownKey: shownKey === companionKey ? mainKey : shownKey,
  }));
  rememberSession({ companionId: null });
}

/** Sends hot settings to the runs. */
export function sendSettings(changes: Partial<RunConfig>): void {
  sendToAll({ type: "setConfig", changes });
  const session = readSession();
  if (session !== null) writeSession({ ...session, config: { ...session.config, ...changes } });
}

/** Replaces the runs by the one of a file, paused and under a new name. Until it is open, they are left as they are. */
export async function importCheckpoint(bytes: ArrayBuffer): Promise<void> {
  const key = `live-${nextKey++}`;
  const runId = newRunId("file");
  const hidden = emptyView({ key, title: "", source: "live", method: "", config: {} });
  usePage.setState(({ views }) => ({ views: { ...views, [key]: hidden } }));
  const { backendChoice: backend } = usePage.getState();
  try {
    client.open(key, runId);
    await client.request(key, { type: "importCheckpoint", bytes, backend }, FILE_TIMEOUT_MS);
    applyNow();
  } catch (error) {
    client.close(key);
    usePage.setState(({ views }) => ({ views: withoutKey(views, key) }));
    throw error;
  }
  const view = usePage.getState().views[key]!;
  endRuns();
  runIds.set(key, runId);
  usePage.setState(({ views, order }) => ({
    views: { ...views, [key]: view },
    order: [...order, key],
    liveKeys: [key],
    shownKey: key,
    race: false,
    openedBackend: backend,
  }));
  writeSession({ mainId: runId, companionId: null, race: false, config: {}, wasRunning: false, attempts: 0 });
  followConfig(key, true, configFromRecord(view.run.config));
}

/** Opens a stored run in the place of the live ones, paused. */
export function openStoredRun(runId: string, config: RunConfig): void {
  endRuns();
  const session = { companionId: null, race: false, wasRunning: false, attempts: 0 };
  writeSession({ ...session, mainId: runId, config: { ...config } });
  resumeStoredRun(null);
}

function withoutKey<Value>(values: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== key));
}

function sendToAll(command: CommandBody): void {
  for (const key of usePage.getState().liveKeys) client.send(key, command);
}

function rememberSession(changes: Partial<StoredSession>): void {
  const session = readSession();
  if (session !== null) writeSession({ ...session, ...changes });
}

function receive(key: string, message: WorkerMessage): void {
  hear({ key, message });
  const isMain = usePage.getState().liveKeys[0] === key;
  if (message.type === "events") noticeEvents(key, isMain, message);
  if (message.type === "state") noticeState(key, isMain, message.state);
  if (message.type === "failed") noticeFailure(key, isMain, message);
  if (message.type === "elsewhere") noticeElsewhere(key, isMain);
  if (message.type === "storage") noticeStorage(message);
}

/** The status line says so and offers to take the run over. */
function noticeElsewhere(key: string, isMain: boolean): void {
  client.close(key);
  if (isMain) usePage.setState({ isPausing: false });
}

/** A lost worker is replaced; any other failed main run is told in the status line, which offers what to do. */
function noticeFailure(key: string, isMain: boolean, { requestId, error }: FailedMessage): void {
  if (requestId !== null) {
    addNote("error", asSentence(error.message));
    return;
  }
  client.close(key);
  if ((error.name === WORKER_LOST && revive(key)) || isMain) return;
  const title = usePage.getState().views[key]?.title ?? "The other run";
  addNote("error", `${title} stopped. ${asSentence(error.message)}`, {
    label: "Go on from its last save",
    run: continueFailed,
  });
}

/** Goes on from the last save in a new worker; false if that was tried too often without a finished iteration. */
function revive(key: string): boolean {
  const session = readSession();
  if (session === null || session.attempts >= MAX_ATTEMPTS) return false;
  rememberSession({ attempts: session.attempts + 1 });
  addNote("info", "The training worker stopped answering. A new one goes on from the last save.");
  applyNow();
  reopen(key, session.wasRunning);
  return true;
}

/** A finished iteration shows that starting works. */
function noticeEvents(key: string, isMain: boolean, { events, replay }: EventsMessage): void {
  for (const event of events) {
    if (!replay) noticeConfig(key, event);
    if (event.type === "iterationFinished" && isMain && !replay) {
      if (readSession()?.attempts !== 0) rememberSession({ attempts: 0 });
      considerCompanion(event.summary);
    }
  }
}

/** While a run is being opened it tells its configuration, and then what was changed since its last save. */
function noticeConfig(key: string, event: TrainingEvent): void {
  const told = openingConfigs.get(key);
  if (event.type === "runStarted") openingConfigs.set(key, knownSettings(event.config));
  if (event.type === "configChanged" && told !== undefined) {
    openingConfigs.set(key, { ...told, ...knownSettings(event.changes) });
  }
}

/** A run that tells its state is open. */
function noticeState(key: string, isMain: boolean, state: WorkerState["state"]): void {
  if (isMain && state !== "running") usePage.setState({ isPausing: false });
  const told = openingConfigs.get(key);
  openingConfigs.delete(key);
  if (told !== undefined) followConfig(key, isMain, configFromRecord(told));
}

/** Title and form follow the run's own configuration. */
function followConfig(key: string, isMain: boolean, config: RunConfig): void {
  applyNow();
  usePage.setState(({ views }) => {
    const view = views[key];
    return view === undefined ? {} : { views: { ...views, [key]: { ...view, title: runTitle(config) } } };
  });
  const { settings } = usePage.getState();
  const isExpected = settings.running !== null && hashOfConfig(settings.running, true) === hashOfConfig(config, true);
  if (!isMain || isExpected) return;
  usePage.setState({ settings: { ...settings, running: config, draft: config } });
  rememberSession({ config: { ...config } });
}

/** A complete configuration from a partial one; what is out of range is put right. */
function configFromRecord(values: Readonly<Record<string, unknown>>): RunConfig {
  return readRunConfig(Object.entries(values).map(([key, value]) => [key, String(value)] as const)).config;
}

/** Runs something that may fail, and tells the visitor if it did. */
export function attempt(what: string, work: () => Promise<void>): void {
  work().catch((error: unknown) => addNote("error", `${what} ${asSentence(messageOf(error))}`));
}
