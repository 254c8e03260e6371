import type { CircuitElementView, CircuitView } from "../../core/envs/env.ts";
import { classNames } from "../components/class-names.ts";
import { layoutCircuit, RIM, type Lead, type Node, type Point } from "./circuit-layout.ts";
import styles from "./CircuitDrawing.module.css";

const BOX = { width: 66, height: 30 } as const;

/** Colours of wires that say theirs in their name; the others are drawn like lines. */
const WIRE_COLOURS: Readonly<Partial<Record<string, string | undefined>>> = {
  red: styles.red,
  blue: styles.blue,
  green: styles.green,
  yellow: styles.yellow,
  orange: styles.orange,
  black: styles.black,
  white: styles.white,
  brown: styles.brown,
  purple: styles.purple,
  violet: styles.violet,
  gold: styles.gold,
};

/** A circuit as a loop: sources, parts and switches as boxes with their terminals, wires as coloured lines between. */
export function CircuitDrawing({ circuit }: { readonly circuit: CircuitView }) {
  const { nodes, leads, looseEnds } = layoutCircuit(circuit);
  const isLive = circuit.elements.some(({ role, on }) => role === "part" && on === true);
  return (
    <svg
      role="img"
      aria-label={describeCircuit(circuit)}
      viewBox={`${-BOX.width / 2 - 8} ${-BOX.height / 2 - 8} ${RIM.width + BOX.width + 16} ${RIM.height + BOX.height + 16}`}
      className={styles.circuit}
    >
      {leads.map((lead, i) => (
        <LeadLine key={i} lead={lead} isLive={isLive} />
      ))}
      {looseEnds.map(({ x, y }, i) => (
        <circle key={i} cx={x} cy={y} r="4" className={styles.loose} />
      ))}
      {nodes.map((node) => (
        <NodeBox key={node.element.name} node={node} />
      ))}
    </svg>
  );
}

function LeadLine({ lead: { wire, points, middle }, isLive }: { readonly lead: Lead; readonly isLive: boolean }) {
  const line = points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
  const colour = wire === null ? undefined : WIRE_COLOURS[wire.name.split(" ")[0]!];
  return (
    <g>
      <path d={line} className={styles.edge} />
      <path d={line} className={classNames(styles.lead, colour)} />
      {isLive && <path d={line} className={styles.current} />}
      {wire !== null && (
        <text x={middle.x} y={labelY(middle)} className={styles.wireName}>
          {wire.name}
        </text>
      )}
    </g>
  );
}

/** Names stand inside the loop, clear of the line. */
function labelY({ y }: Point): number {
  return y < RIM.height / 3 ? y + 13 : y > (2 * RIM.height) / 3 ? y - 7 : y + 3;
}

function NodeBox({ node }: { readonly node: Node }) {
  const { element, at } = node;
  const isLit = element.role === "part" && element.on === true;
  return (
    <g>
      {isLit && <ellipse cx={at.x} cy={at.y} rx={BOX.width / 2 + 8} ry={BOX.height / 2 + 8} className={styles.glow} />}
      <rect
        x={at.x - BOX.width / 2}
        y={at.y - BOX.height / 2}
        width={BOX.width}
        height={BOX.height}
        rx={element.role === "part" ? 14 : 4}
        className={classNames(styles.box, isLit && styles.lit)}
      />
      <text x={at.x} y={at.y + (stateOf(element) === null ? 3 : -2)} className={styles.name}>
        {element.name}
      </text>
      {stateOf(element) !== null && (
        <text x={at.x} y={at.y + 9} className={styles.state}>
          {stateOf(element)}
        </text>
      )}
      <Terminals node={node} />
    </g>
  );
}

function stateOf({ on }: CircuitElementView): string | null {
  return on === null ? null : on ? "on" : "off";
}

/** The two contact points of a box, with their names if they have any. */
function Terminals({ node }: { readonly node: Node }) {
  return node.element.terminals.map((name, i) => {
    const side = (i === 0 ? -1 : 1) * node.direction;
    const { x, y } = terminalAt(node, side);
    const isPole = name === "anode" || name === "cathode";
    return (
      <g key={name}>
        <circle cx={x} cy={y} r="3" className={isPole ? styles[name] : styles.plain} />
        {isPole && (
          <text {...labelAt(node, side)} className={styles.terminal}>
            {name}
          </text>
        )}
      </g>
    );
  });
}

/** Where a contact point is: on one of two opposite sides of the box, −1 or 1. */
function terminalAt({ at: { x, y }, isVertical }: Node, side: number): Point {
  return isVertical ? { x, y: y + (side * BOX.height) / 2 } : { x: x + (side * BOX.width) / 2, y };
}

/** Where its name is: beside the line that leaves there. */
function labelAt(node: Node, side: number): Point & { readonly textAnchor: "start" | "end" } {
  const { x, y } = terminalAt(node, side);
  if (!node.isVertical) return { x: x + 5 * side, y: y - 5, textAnchor: side > 0 ? "start" : "end" };
  const isRight = x > RIM.width / 2;
  return { x: x + (isRight ? -6 : 6), y: y + (side > 0 ? 9 : -4), textAnchor: isRight ? "end" : "start" };
}

/** The circuit as a sentence. */
export function describeCircuit({ elements, closed }: CircuitView): string {
  const described = elements.map((element) => {
    const state = stateOf(element);
    return state === null ? element.name : `${element.name} (${state})`;
  });
  const contacts = elements.flatMap((element, i) => {
    const next = elements[i + 1] ?? (closed ? elements[0] : undefined);
    if (next === undefined) return [];
    return [`${element.name} ${element.terminals[1]} to ${next.name} ${next.terminals[0]}`];
  });
  return `${closed ? "Closed circuit" : "Open circuit"} of ${described.join(", ")}. Connections: ${contacts.join("; ")}.`;
}
