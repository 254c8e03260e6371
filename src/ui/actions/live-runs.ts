/**
 * @file Starts, pauses, steps and ends the live runs: the main one, and beside it another method from the same seed
 * and budget, each in its own worker.
 */
import type { IterationSummary } from "../../core/events/training-event.ts";
import type { NumberField } from "../../core/training/field-kinds.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import type { BackendChoice, WorkerMessage } from "../../protocol/messages.ts";
import { totalMs } from "../store/run-slice.ts";
import { asSentence, formatDuration, haltSentence } from "../format.ts";
import { changeSettings, coldSettings, configFromRecord, fieldOf } from "../store/settings-slice.ts";
import { emptyView, withoutKey } from "../store/run-view.ts";
import { INITIAL_SELECTION } from "../store/selection.ts";
import type { WorkerState } from "../store/worker-slice.ts";
import { addNote, liveView, usePage } from "../store/store.ts";
import { hashOfConfig } from "../url.ts";
import { WORKER_LOST } from "../worker-client.ts";
import { readSession, rememberSession, writeSession, type StoredSession } from "./browser-memory.ts";
import { whenSizeIsFine } from "./large-runs.ts";
import { whenSaved } from "./unsaved-runs.ts";
import { applyNow, hear } from "./heard-queue.ts";
import { noteToldConfig, takeToldConfig } from "./told-configs.ts";
import { noticeStorage } from "./storage-notices.ts";
import { removeRecording } from "./recording.ts";
import { Restarts } from "./restarts.ts";
import { client, onWorkerMessage, runIds, sendToAll } from "./run-client.ts";
import { FILE_TIMEOUT_MS } from "./run-requests.ts";
import { companionMethod, methodTitle, runTitle } from "./run-title.ts";

/** A page that ended so often in the middle of its first iterations opens the run in safe mode. */
const MOST_CRASHES = 2;
/** Where an iteration takes longer, a second run beside the first is a burden. */
const SLOW_ITERATION_MS = 30_000;

const restarts = new Restarts();
onWorkerMessage(receive);
let nextKey = 1;

type FailedMessage = Extract<WorkerMessage, { readonly type: "failed" }>;
type EventsMessage = Extract<WorkerMessage, { readonly type: "events" }>;

interface StartOptions {
  readonly config: RunConfig;
  readonly runId: string;
  readonly fresh: boolean;
  readonly autoRun: boolean;
  /** The visitor's wish if not given. */
  readonly backend?: BackendChoice;
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
  const { backend = usePage.getState().backendChoice } = start;
  usePage.setState({ openedBackend: backend });
  client.send(key, { type: "start", isKept: true, takeOver: false, ...start, backend });
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
    isSafeMode: false,
  });
  writeSession({ mainId, companionId: null, race, config: { ...config }, wasRunning: autoRun, attempts: 1 });
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

/**
 * Tells a finished run that it has more iterations now, in case the form has not yet; false if it has none. One that
 * stopped early goes on to its last iteration.
 */
function extend(): boolean {
  const { settings } = usePage.getState();
  const done = liveView(usePage.getState())?.run.iteration ?? 0;
  if (settings.running === null || settings.running.iterations <= done) return false;
  const { iterations, stopReturn } = settings.running;
  sendToAll({ type: "setConfig", changes: stopReturn === 0 ? { iterations } : { iterations, stopReturn: 0 } });
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

/** Ends the runs and starts again with the form's settings. */
export function restart(): void {
  const start = (): void => {
    endRuns();
    startRuns(true);
  };
  whenSizeIsFine(() => whenSaved(start));
}

/** Ends the runs; their curves stay on the page. */
export function endRuns(): void {
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
  for (const key of liveKeys) if (views[key]?.worker?.state === "failed") reopen(key, { autoRun: true });
}

/** Goes on here with the runs that another tab trains; that tab saves its iteration and lets go. */
export function takeOver(): void {
  const { liveKeys, views } = usePage.getState();
  const session = readSession();
  const autoRun = session?.wasRunning ?? true;
  for (const key of liveKeys) {
    if (views[key]?.worker?.state === "elsewhere") reopen(key, { autoRun, takeOver: true });
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

/** Opens the failed main run again: paused, in plain JavaScript, from which it can be looked at and saved to a file. */
export function openSafely(): void {
  const [key] = usePage.getState().liveKeys;
  if (key === undefined) return;
  restarts.reset();
  reopen(key, { autoRun: false, backend: "cpu" });
}

/** Goes on after a number that was not finite: from the iteration before it, with half the learning rate. */
export function rollBack(key = usePage.getState().liveKeys[0]): void {
  const { settings, views, liveKeys } = usePage.getState();
  if (key === undefined || settings.running === null) return;
  const { min } = fieldOf("learningRate") as NumberField<keyof RunConfig>;
  const before = views[key]?.run.config.learningRate ?? settings.running.learningRate;
  const changes = { learningRate: Math.max(min, before / 2) };
  client.send(key, { type: "setConfig", changes });
  client.send(key, { type: "resume" });
  if (key !== liveKeys[0]) return;
  usePage.setState({ settings: changeSettings(settings, changes) });
  const session = readSession();
  if (session !== null) writeSession({ ...session, config: { ...session.config, ...changes }, wasRunning: true });
}

/** Opens a live run again, from its last save, in a new worker. */
function reopen(key: string, start: Pick<StartOptions, "autoRun" | "backend" | "takeOver">): void {
  const { views, settings } = usePage.getState();
  const view = views[key];
  const runId = runIds.get(key);
  if (view === undefined || runId === undefined || settings.running === null) return;
  const config = { ...settings.running, method: view.run.method };
  const empty = emptyView({ key, title: view.title, source: "live", method: config.method, config });
  usePage.setState(({ views: all }) => ({ views: { ...all, [key]: empty } }));
  client.open(key, runId);
  send(key, { config, fresh: false, ...start });
}

/** The live runs go on from their last save on the compute that the visitor wants. */
export function reopenRuns(): void {
  applyNow();
  const autoRun = isRunning() && !usePage.getState().isPausing;
  for (const key of usePage.getState().liveKeys) reopen(key, { autoRun });
  usePage.setState({ isPausing: false });
}

/** Goes on with the run of the last visit. Settings of the form that wait for a restart go on waiting. */
export function resumeStoredRun(form: RunConfig | null): boolean {
  const session = readSession();
  if (session === null) return false;
  const config = configFromRecord(session.config);
  const isSafeMode = session.wasRunning && session.attempts >= MOST_CRASHES;
  const autoRun = session.wasRunning && !isSafeMode;
  writeSession({ ...session, wasRunning: autoRun, attempts: session.attempts + 1 });
  removeRecording();
  const start = { fresh: false, autoRun, ...(isSafeMode ? { backend: "cpu" as const } : {}) };
  const key = open({ config, runId: session.mainId, ...start });
  usePage.setState(({ settings }) => ({
    isSafeMode,
    shownKey: key,
    selection: INITIAL_SELECTION,
    race: session.race,
    settings: { ...settings, draft: { ...config, ...coldSettings(form ?? config) }, running: config },
  }));
  if (session.companionId !== null) {
    const method = companionMethod(config.method);
    open({ config: { ...config, method }, runId: session.companionId, ...start });
  }
  return true;
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

function receive(key: string, message: WorkerMessage): void {
  hear({ key, message });
  const isMain = usePage.getState().liveKeys[0] === key;
  if (message.type === "events") noticeEvents(key, isMain, message);
  if (message.type === "state") noticeState(key, isMain, message.state);
  if (message.type === "failed") noticeFailure(key, isMain, message);
  if (message.type === "halted" && !isMain) noticeHalt(key, message);
  if (message.type === "elsewhere") {
    // The status line says so and offers to take the run over.
    client.close(key);
    client.forgetChanges(key);
    if (isMain) usePage.setState({ isPausing: false });
  }
  if (message.type === "storage") noticeStorage(message);
}

/** The status line tells that of the main run. */
function noticeHalt(key: string, halt: Extract<WorkerMessage, { readonly type: "halted" }>): void {
  const title = usePage.getState().views[key]?.title ?? "The other run";
  const goOn = { label: "Go on", run: () => client.send(key, { type: "resume" }) };
  const half = { label: "Go on with half the learning rate", run: () => rollBack(key) };
  addNote("error", `${title} paused. ${haltSentence(halt)}`, halt.kind === "notFinite" ? half : goOn);
}

/** A lost worker is replaced; any other failed main run is told in the status line, which offers what to do. */
function noticeFailure(key: string, isMain: boolean, { requestId, error }: FailedMessage): void {
  if (requestId !== null) {
    addNote("error", asSentence(error.message));
    return;
  }
  client.close(key);
  if (error.name === WORKER_LOST && revive(key, error.message)) return;
  if (isMain) {
    if (error.name === WORKER_LOST) usePage.setState({ isSafeMode: true });
    return;
  }
  const title = usePage.getState().views[key]?.title ?? "The other run";
  addNote("error", `${title} stopped. ${asSentence(error.message)}`, {
    label: "Go on from its last save",
    run: continueFailed,
  });
}

/** Goes on from the last save in a new worker; false if workers die too often for that. */
function revive(key: string, why: string): boolean {
  const session = readSession();
  if (session === null || !restarts.mayRestart(performance.now())) return false;
  addNote("info", `${asSentence(why)} A new one goes on from the last save.`);
  applyNow();
  reopen(key, { autoRun: session.wasRunning });
  return true;
}

/** A finished iteration shows that starting works. */
function noticeEvents(key: string, isMain: boolean, { events, replay }: EventsMessage): void {
  for (const event of events) {
    if (!replay) noteToldConfig(key, event);
    if (event.type === "iterationFinished" && isMain && !replay) {
      if (readSession()?.attempts !== 0) rememberSession({ attempts: 0 });
      restarts.reset();
      if (usePage.getState().isSafeMode) usePage.setState({ isSafeMode: false });
      considerCompanion(event.summary);
    }
  }
}

/** A run that tells its state is open. */
function noticeState(key: string, isMain: boolean, state: WorkerState["state"]): void {
  if (isMain && state !== "running") usePage.setState({ isPausing: false });
  const told = takeToldConfig(key);
  if (told !== null) followConfig(key, isMain, { ...told, ...client.changedSettings(key) });
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
