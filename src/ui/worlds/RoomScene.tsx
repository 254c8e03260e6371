import { useState, type ReactNode } from "react";
import type { RoomsView, ThingView } from "../../core/envs/env.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { CircuitDrawing } from "./CircuitDrawing.tsx";
import { RoomMap } from "./RoomMap.tsx";
import { ThingList } from "./ThingList.tsx";
import type { Player } from "./player.ts";
import styles from "./RoomScene.module.css";

interface RoomSceneProps {
  readonly view: RoomsView;
  /** Rooms in the order in which the agent was in them, the present one last. */
  readonly path: readonly string[];
  /** Words of the task: things named in it stand out. */
  readonly taskWords: string;
  /** Null while someone else acts. */
  readonly player: Player | null;
}

/** A house: the map, what is in a room and what is carried, with states, and the circuits there are. */
export function RoomScene({ view, path, taskWords, player }: RoomSceneProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const room = view.rooms.find(({ name }) => name === (chosen ?? view.agentRoom));
  const onChooseThing = player?.onChooseThing ?? null;
  return (
    <div className={classNames(styles.scene, view.circuits.length > 0 && styles.wired)}>
      <RoomMap
        view={view}
        path={path}
        taskWords={taskWords}
        shownRoom={room?.name ?? view.agentRoom}
        onChoose={(name) => setChosen(name === chosen || name === view.agentRoom ? null : name)}
      />
      <div className={styles.rooms} tabIndex={0} role="region" aria-label="Things in the room and carried">
        {room !== undefined && (
          <Place title={room.name} things={room.things} empty="nothing here" {...{ taskWords, onChooseThing }}>
            {player !== null && <WayButtons room={room.name} player={player} onGo={() => setChosen(null)} />}
          </Place>
        )}
        {view.inventory.length > 0 && (
          <Place title="carried" things={view.inventory} empty="" {...{ taskWords, onChooseThing }} />
        )}
      </div>
      {view.circuits.length > 0 && (
        <div className={styles.circuits}>
          {view.circuits.map((circuit) => (
            <CircuitDrawing key={circuit.elements.map(({ name }) => name).join()} circuit={circuit} />
          ))}
        </div>
      )}
    </div>
  );
}

interface PlaceProps {
  readonly title: string;
  readonly things: readonly ThingView[];
  readonly empty: string;
  readonly taskWords: string;
  readonly onChooseThing: ((name: string) => void) | null;
  readonly children?: ReactNode;
}

function Place({ title, things, empty, taskWords, onChooseThing, children }: PlaceProps) {
  return (
    <div className={styles.place}>
      <span className={styles.title}>
        <b>{title}</b> {children}
      </span>
      {things.length === 0 ? (
        <span className={controls.note}>{empty}</span>
      ) : (
        <ThingList things={things} taskWords={taskWords} onChoose={onChooseThing} />
      )}
    </div>
  );
}

interface WayButtonsProps {
  readonly room: string;
  readonly player: Player;
  readonly onGo: () => void;
}

/** Ways into the room that is looked at, if it is another one. */
function WayButtons({ room, player, onGo }: WayButtonsProps) {
  const ways = player.actions.filter(
    (action) => /^(go|teleport|open door) /.test(action) && action.endsWith(` ${room}`),
  );
  return ways.map((action) => (
    <button
      key={action}
      type="button"
      className={classNames(controls.button, controls.small)}
      onClick={() => {
        onGo();
        player.onAct(action);
      }}
    >
      {action}
    </button>
  ));
}
