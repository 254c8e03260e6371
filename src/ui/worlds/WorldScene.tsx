import { lazy, Suspense } from "react";
import type { WorldView } from "../../core/envs/env.ts";
import controls from "../components/controls.module.css";
import type { Player } from "./player.ts";
import { RoomScene } from "./RoomScene.tsx";

const ShopPage = lazy(async () => ({ default: (await import("./ShopPage.tsx")).ShopPage }));

interface WorldSceneProps {
  /** The world from the start of the episode to the moment on show. */
  readonly views: readonly WorldView[];
  /** Words of the task: things named in it stand out. */
  readonly taskWords: string;
  /** Null while someone else acts. */
  readonly player: Player | null;
  /** The action that comes next; null if it is not known or a visitor plays. */
  readonly next: string | null;
}

/** A world as a person sees it: a house with its rooms, or a shop's page. Rollouts and hand play look the same. */
export function WorldScene({ views, taskWords, player, next }: WorldSceneProps) {
  const view = views.at(-1)!;
  if (view.kind === "shop") {
    return (
      <Suspense fallback={<p className={controls.empty}>Loading…</p>}>
        <ShopPage view={view} onAct={player?.onAct ?? null} next={next} />
      </Suspense>
    );
  }
  const path = views.flatMap((past) => (past.kind === "rooms" ? [past.agentRoom] : []));
  const goalWords = view.goals.filter(({ kind }) => kind === "ordered").map(({ text }) => text);
  return <RoomScene view={view} path={path} taskWords={[taskWords, ...goalWords].join(" ")} player={player} />;
}
