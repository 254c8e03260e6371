import type { CallKind, CallProfile, DeviceCalls, IterationProfile } from "../../protocol/messages.ts";
import { HelpTip } from "../components/HelpTip.tsx";
import controls from "../components/controls.module.css";
import { formatCount, formatDuration, formatPercent, plural } from "../format.ts";
import { shownView, usePage } from "../store/store.ts";
import styles from "./ProfileSection.module.css";

const HELP =
  "Wall time of the live iteration, evaluation included. On WebGPU also what the device was asked for: dispatches, submits, read-backs of results, and programs compiled.";

const KINDS: readonly { readonly kind: CallKind | "rest"; readonly title: string }[] = [
  { kind: "writing", title: "writing actions and tips" },
  { kind: "scoring", title: "scoring without tips" },
  { kind: "learning", title: "learning" },
  { kind: "other", title: "weights in and out" },
  { kind: "rest", title: "worlds, memory, messages" },
];

/** Where the time of the live iteration goes, and what it asks of the device. */
export function ProfileSection() {
  const profile = usePage((state) => shownView(state)?.worker?.profile ?? null);
  if (profile === null) return null;
  const calls = new Map<string, CallProfile>(profile.calls.map((call) => [call.kind, call]));
  const parts = KINDS.map(({ kind, title }) => {
    return { kind, title, call: calls.get(kind) ?? null, ms: calls.get(kind)?.ms ?? restOf(profile, kind) };
  }).filter(({ ms }) => ms > 0);
  return (
    <div className={styles.section} data-testid="profile">
      <h3 className={controls.heading}>
        Where the time goes <HelpTip about="where the time goes" text={HELP} />
      </h3>
      <div className={styles.bar} aria-hidden="true">
        {parts.map(({ kind, ms }) => (
          <span key={kind} className={styles[kind]} style={{ flexGrow: ms }} />
        ))}
      </div>
      <table className={styles.table}>
        <caption className={controls.note}>
          {profile.isDone ? "Iteration" : "So far in iteration"} {profile.iteration}: {formatDuration(profile.wallMs)}
        </caption>
        <tbody>
          {parts.map(({ kind, title, call, ms }) => (
            <tr key={kind}>
              <th scope="row">
                <span className={`${styles.mark} ${styles[kind]}`} aria-hidden="true" />
                {title}
              </th>
              <td>{formatDuration(ms)}</td>
              <td>{formatPercent(ms / profile.wallMs)}</td>
              <td>{call !== null && plural(call.count, "call")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <DeviceLine calls={profile.calls} />
    </div>
  );
}

function restOf({ wallMs, calls }: IterationProfile, kind: CallKind | "rest"): number {
  return kind === "rest" ? Math.max(0, wallMs - calls.reduce((sum, { ms }) => sum + ms, 0)) : 0;
}

/** What all calls together asked of the device. */
function DeviceLine({ calls }: { readonly calls: readonly CallProfile[] }) {
  const devices = calls.flatMap(({ device }) => (device === null ? [] : [device]));
  if (devices.length === 0) return null;
  const sum = (name: keyof DeviceCalls): number => devices.reduce((total, device) => total + device[name], 0);
  return (
    <p className={controls.note} data-testid="device-calls">
      {plural(sum("dispatches"), "dispatch", "dispatches")}, {plural(sum("submits"), "submit")},{" "}
      {plural(sum("readBacks"), "read-back")}, {plural(sum("pipelines"), "program")} compiled,{" "}
      {formatCount(sum("bytes") / 1024)} KB of buffers made
    </p>
  );
}
