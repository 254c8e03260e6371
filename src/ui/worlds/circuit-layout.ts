/**
 * @file Where the things of a circuit stand in its drawing: on the rim of a rectangle, clockwise from the middle of its
 * left side. Wires are stretches of the rim, all other things are points on it; an open chain leaves a gap at its end.
 */
import type { CircuitElementView, CircuitView } from "../../core/envs/env.ts";

/** A place in the drawing, in its own units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A thing that is drawn as a box, and which way the rim runs there. */
export interface Node {
  readonly element: CircuitElementView;
  readonly at: Point;
  readonly isVertical: boolean;
  /** Direction of the rim in x or y: 1 or −1. */
  readonly direction: 1 | -1;
}

/** A stretch of the rim: a wire, or two things that touch. */
export interface Lead {
  /** Null where two things are connected without a wire. */
  readonly wire: CircuitElementView | null;
  readonly points: readonly Point[];
  readonly middle: Point;
}

export interface CircuitLayout {
  readonly nodes: readonly Node[];
  readonly leads: readonly Lead[];
  /** Ends of wires that are connected to nothing. */
  readonly looseEnds: readonly Point[];
}

/** Size of the rectangle. */
export const RIM = { width: 220, height: 76 } as const;

const { width: W, height: H } = RIM;
const LENGTH = 2 * (W + H);
/** Corners by how far along the rim they are. */
const CORNERS = [H / 2, H / 2 + W, H / 2 + W + H, H / 2 + 2 * W + H];

/** The point at a distance along the rim, in drawing units. */
function pointAt(distance: number): Point {
  const d = ((distance % LENGTH) + LENGTH) % LENGTH;
  const [topLeft, topRight, bottomRight, bottomLeft] = CORNERS as [number, number, number, number];
  if (d <= topLeft) return { x: 0, y: H / 2 - d };
  if (d <= topRight) return { x: d - topLeft, y: 0 };
  if (d <= bottomRight) return { x: W, y: d - topRight };
  if (d <= bottomLeft) return { x: W - (d - bottomRight), y: H };
  return { x: 0, y: H - (d - bottomLeft) };
}

function leadBetween(wire: CircuitElementView | null, from: number, to: number): Lead {
  const corners = CORNERS.filter((corner) => corner > from && corner < to);
  return { wire, points: [from, ...corners, to].map(pointAt), middle: pointAt((from + to) / 2) };
}

function nodeAt(element: CircuitElementView, distance: number): Node {
  const at = pointAt(distance);
  const isVertical = at.x === 0 || at.x === W;
  const direction = isVertical ? (at.x === 0 ? -1 : 1) : at.y === 0 ? 1 : -1;
  return { element, at, isVertical, direction };
}

/** What takes up a stretch of the rim: a wire, or the contact of two things. */
type Stretch = { readonly wire: CircuitElementView | null } | "gap";

/** The stretches, and before which of them each node stands. */
function stretchesOf({ elements, closed }: CircuitView): {
  stretches: Stretch[];
  nodesBefore: [CircuitElementView, number][];
} {
  const stretches: Stretch[] = [];
  const nodesBefore: [CircuitElementView, number][] = [];
  elements.forEach((element, i) => {
    const next = elements[i + 1] ?? (closed ? elements[0] : undefined);
    if (element.role === "wire") {
      stretches.push({ wire: element });
      return;
    }
    nodesBefore.push([element, stretches.length]);
    if (next !== undefined && next.role !== "wire") stretches.push({ wire: null });
  });
  if (!closed) stretches.push("gap");
  return { stretches, nodesBefore };
}

/** Places for everything in a circuit. */
export function layoutCircuit(circuit: CircuitView): CircuitLayout {
  const { stretches, nodesBefore } = stretchesOf(circuit);
  const length = LENGTH / stretches.length;
  const leads = stretches.flatMap((stretch, i) =>
    stretch === "gap" ? [] : [leadBetween(stretch.wire, i * length, (i + 1) * length)],
  );
  const { elements, closed } = circuit;
  const looseEnds: Point[] = [];
  if (!closed && elements[0]!.role === "wire") looseEnds.push(pointAt(0));
  if (!closed && elements.at(-1)!.role === "wire") looseEnds.push(pointAt(leads.length * length));
  return { leads, nodes: nodesBefore.map(([element, i]) => nodeAt(element, i * length)), looseEnds };
}
