/** @file The few things the page itself remembers between visits; run data is the worker's. */
import * as v from "valibot";
import type { BackendChoice } from "../../protocol/messages.ts";

const SESSION_KEY = "empo2.session";
const THEME_KEY = "empo2.theme";
const BACKEND_KEY = "empo2.backend";

const RUN_ID = v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/));
const SESSION_SCHEMA = v.object({
  mainId: RUN_ID,
  companionId: v.nullable(RUN_ID),
  race: v.boolean(),
  /** Complete configuration of the main run, read leniently. */
  config: v.record(v.string(), v.union([v.string(), v.number()])),
  wasRunning: v.boolean(),
  /** Starts of a page that ended without notice and without a finished iteration: crashes, for all that is known. */
  attempts: v.number(),
});

/** The run to go on with after a reload. */
export type StoredSession = v.InferOutput<typeof SESSION_SCHEMA>;

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is switched off or full: the page works, it only does not remember.
  }
}

/** The session of the last visit; null if there is none that can be read. */
export function readSession(): StoredSession | null {
  const text = read(SESSION_KEY);
  if (text === null) return null;
  try {
    const parsed = v.safeParse(SESSION_SCHEMA, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null; // not JSON
  }
}

export function writeSession(session: StoredSession | null): void {
  write(SESSION_KEY, session === null ? null : JSON.stringify(session));
}

/**
 * A page that is closed, reloaded or put away says so; one that crashes, or is killed for its memory, does not. Takes the
 * start of this page back for as long as it is out of sight, where ending it is nobody's fault.
 */
export function noticePageEnds(): void {
  let takenBack: number | null = null;
  const leave = (): void => {
    const session = readSession();
    if (session === null || takenBack !== null) return;
    takenBack = session.attempts;
    writeSession({ ...session, attempts: 0 });
  };
  const comeBack = (): void => {
    const session = readSession();
    if (session !== null && takenBack !== null) writeSession({ ...session, attempts: takenBack });
    takenBack = null;
  };
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => (persisted ? comeBack() : undefined));
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : comeBack()));
}

export function readBackendChoice(): BackendChoice {
  const choice = v.safeParse(v.picklist(["webgpu", "wasm", "cpu"]), read(BACKEND_KEY));
  return choice.success ? choice.output : "auto";
}

export function writeBackendChoice(choice: BackendChoice): void {
  write(BACKEND_KEY, choice === "auto" ? null : choice);
}

export function readTheme(): "system" | "light" | "dark" {
  const theme = read(THEME_KEY);
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function writeTheme(theme: "system" | "light" | "dark"): void {
  write(THEME_KEY, theme === "system" ? null : theme);
}

/** Changes what is remembered of the session, if there is one. */
export function rememberSession(changes: Partial<StoredSession>): void {
  const session = readSession();
  if (session !== null) writeSession({ ...session, ...changes });
}
