/** @file The race on the page: its state, and the workers that carry it out. It goes on when another view is shown. */
import { create } from "zustand";
import type { WorkerMessage } from "../../protocol/messages.ts";
import { usePage } from "../store/store.ts";
import { WorkerClient } from "../worker-client.ts";
import {
  isActive,
  isOver,
  newRacer,
  nextRacers,
  racersOf,
  reduceRacer,
  usualWorkers,
  type RacePlan,
  type Racer,
} from "./race.ts";

export interface RaceState {
  readonly plan: RacePlan;
  /** Workers at a time. */
  readonly workers: number;
  readonly state: "none" | "running" | "paused" | "over";
  readonly racers: readonly Racer[];
}

const FIRST_PLAN: RacePlan = { methods: ["empo2", "grpo"], seedCount: 3, iterations: 30 };

export const useRace = create<RaceState>(() => ({
  plan: FIRST_PLAN,
  workers: usualWorkers(navigator.hardwareConcurrency, usePage.getState().liveKeys.length),
  state: "none",
  racers: [],
}));

const client = new WorkerClient(receive);
let raceCount = 0;

export function changePlan(changes: Partial<RacePlan>): void {
  useRace.setState(({ plan }) => ({ plan: { ...plan, ...changes } }));
}

/** More workers begin at once; where there are too many, none begins until there are fewer. */
export function changeWorkers(workers: number): void {
  useRace.setState({ workers });
  fill();
}

/** Starts the plan with the settings of the form. */
export function startRace(): void {
  closeWorkers();
  raceCount++;
  const { plan } = useRace.getState();
  useRace.setState({ state: "running", racers: racersOf(plan, usePage.getState().settings.draft) });
  addEventListener("beforeunload", warn);
  fill();
}

/** Pauses every racer after its iteration in flight. */
export function pauseRace(): void {
  useRace.setState({ state: "paused" });
  for (const { key } of useRace.getState().racers.filter(isActive)) client.send(key, { type: "pause" });
}

export function resumeRace(): void {
  useRace.setState({ state: "running" });
  for (const { key } of useRace.getState().racers.filter(isActive)) client.send(key, { type: "resume" });
  fill();
}

/** Ends the race; what was reached stays on the page. */
export function stopRace(): void {
  closeWorkers();
  useRace.setState(({ racers }) => ({
    racers: racers.map((racer) => (isOver(racer) ? racer : { ...racer, state: "stopped" })),
  }));
  endIfOver();
}

/** Runs the failed and stopped racers again, from their beginning. */
export function retryRacers(): void {
  useRace.setState(({ racers }) => ({
    state: "running",
    racers: racers.map((racer) => (racer.state === "finished" ? racer : newRacer(racer.config))),
  }));
  addEventListener("beforeunload", warn);
  fill();
}

function closeWorkers(): void {
  for (const { key } of useRace.getState().racers) client.close(key);
}

/** A race is not stored: closing the page in its middle loses it. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Gives the free workers to the racers that wait. */
function fill(): void {
  const { state, racers, workers } = useRace.getState();
  if (state !== "running") return;
  const { backendChoice } = usePage.getState();
  for (const { key, config } of nextRacers(racers, workers)) {
    change(key, (racer) => ({ ...racer, state: "starting" }));
    client.open(key, `race-${raceCount}-${key}`);
    const start = { fresh: true, autoRun: true, isKept: false, takeOver: false };
    client.send(key, { type: "start", config, backend: backendChoice, ...start });
  }
}

function change(key: string, next: (racer: Racer) => Racer): void {
  const { racers } = useRace.getState();
  const changed = racers.map((racer) => (racer.key === key ? next(racer) : racer));
  if (changed.some((racer, i) => racer !== racers[i])) useRace.setState({ racers: changed });
}

function receive(key: string, message: WorkerMessage): void {
  change(key, (racer) => reduceRacer(racer, message));
  const racer = useRace.getState().racers.find((one) => one.key === key);
  if (racer === undefined || !isOver(racer)) return;
  client.close(key);
  fill();
  endIfOver();
}

function endIfOver(): void {
  const { racers } = useRace.getState();
  if (!racers.every(isOver)) return;
  removeEventListener("beforeunload", warn);
  useRace.setState({ state: "over" });
}
