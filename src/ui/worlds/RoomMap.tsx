import type { RoomsView, ThingView } from "../../core/envs/env.ts";
import { layoutRooms, type Cell } from "../map-layout.ts";
import { classNames } from "../components/class-names.ts";
import { plural } from "../format.ts";
import styles from "./RoomMap.module.css";

const WIDTH = 72;
const HEIGHT = 46;
const GAP_X = 12;
const GAP_Y = 12;

interface RoomMapProps {
  readonly view: RoomsView;
  /** Rooms in the order in which the agent was in them, the present one last. */
  readonly path: readonly string[];
  /** Words of the task: things named in it are written into their rooms. */
  readonly taskWords: string;
  /** The room whose things are listed elsewhere. */
  readonly shownRoom: string;
  readonly onChoose: (room: string) => void;
}

/** The rooms, the doors between them, where the agent is and was, and what is in each room. */
export function RoomMap({ view, path, taskWords, shownRoom, onChoose }: RoomMapProps) {
  const names = view.rooms.map(({ name }) => name);
  const layout = layoutRooms(
    names,
    view.doors.map(({ between }) => between),
  );
  const centreOf = (room: string) => centre(layout.cells.get(room)!);
  const width = layout.columns * (WIDTH + GAP_X) - GAP_X;
  const height = layout.rows * (HEIGHT + GAP_Y) - GAP_Y;
  return (
    <svg
      viewBox={`-2 -2 ${width + 4} ${height + 4}`}
      className={styles.map}
      role="group"
      aria-label={`Map of ${names.length} rooms. The agent is in ${view.agentRoom}.`}
    >
      {view.doors.map(({ between: [from, to], open }) => (
        <Door key={`${from} ${to}`} from={centreOf(from)} to={centreOf(to)} isOpen={open} />
      ))}
      <path d={pathLine(path.map(centreOf))} className={styles.path} />
      {view.rooms.map(({ name, things }) => (
        <Room
          key={name}
          name={name}
          things={things}
          cell={layout.cells.get(name)!}
          taskWords={taskWords}
          isHere={name === view.agentRoom}
          isShown={name === shownRoom}
          isSeen={path.includes(name)}
          onChoose={() => onChoose(name)}
        />
      ))}
      <Agent at={centreOf(view.agentRoom)} />
    </svg>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function centre({ column, row }: Cell): Point {
  return { x: column * (WIDTH + GAP_X) + WIDTH / 2, y: row * (HEIGHT + GAP_Y) + HEIGHT / 2 };
}

function Door({ from, to, isOpen }: { readonly from: Point; readonly to: Point; readonly isOpen: boolean }) {
  return (
    <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} className={classNames(styles.door, !isOpen && styles.closed)}>
      <title>{isOpen ? "open door" : "closed door"}</title>
    </line>
  );
}

function Agent({ at }: { readonly at: Point }) {
  const place = { transform: `translate(${at.x}px, ${at.y + HEIGHT / 2 - 6}px)` };
  return <circle r="5" className={styles.agent} style={place} />;
}

interface RoomProps {
  readonly name: string;
  readonly things: readonly ThingView[];
  readonly cell: Cell;
  readonly taskWords: string;
  readonly isHere: boolean;
  readonly isShown: boolean;
  readonly isSeen: boolean;
  readonly onChoose: () => void;
}

function Room({ name, things, cell, taskWords, isHere, isShown, isSeen, onChoose }: RoomProps) {
  const { x, y } = centre(cell);
  const keys = keyThings(things, taskWords);
  const about = isHere ? "the agent is here" : isSeen ? "visited" : "not visited";
  return (
    <g
      role="button"
      tabIndex={0}
      aria-pressed={isShown}
      aria-description={about}
      className={classNames(styles.room, isHere && styles.here, isShown && styles.shown, !isSeen && styles.unseen)}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        onChoose();
      }}
    >
      <rect x={x - WIDTH / 2} y={y - HEIGHT / 2} width={WIDTH} height={HEIGHT} rx="4" />
      <text x={x} y={y - HEIGHT / 2 + 13} className={styles.name}>
        {name}
      </text>
      <text
        x={x}
        y={y - HEIGHT / 2 + 26}
        className={classNames(styles.thing, keys !== "" && styles.key)}
        aria-hidden="true"
      >
        {keys === "" ? (things.length === 0 ? "empty" : plural(things.length, "thing")) : keys}
      </text>
    </g>
  );
}

/** The first thing in a room whose whole name stands in the task. */
function keyThings(things: readonly ThingView[], taskWords: string): string {
  const words = new Set(taskWords.split(/\s+/));
  const all = things.flatMap((thing) => [thing, ...thing.contents]);
  const key = all.find(({ name }) => name.split(" ").every((word) => words.has(word)));
  if (key === undefined) return "";
  const state = key.states.find((word) => word === "on" || word === "off");
  return state === undefined ? key.name : `${key.name}, ${state}`;
}

/** A line from room to room in the order of the visits; it shows in the doors. */
function pathLine(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
}
