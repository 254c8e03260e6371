/**
 * @file A very small WebAssembly assembler: expressions are byte arrays, built by functions named after the
 * instructions. It exists so that a few kernels can run with SIMD on tfjs' own memory without a compiler or a binary in
 * the repository. Only what those kernels need is here.
 */

/** Instructions in binary form, in stack order. */
export type Code = readonly number[];

/** A 32-bit integer. */
export const I32 = 0x7f;
/** A 32-bit float. */
export const F32 = 0x7d;
/** Sixteen bytes. */
export const V128 = 0x7b;
/** Types of parameters and locals. */
export type ValueType = typeof I32 | typeof F32 | typeof V128;

const VOID_BLOCK = 0x40;
const SIMD = 0xfd;
const END = 0x0b;

/** Little-endian base 128, unsigned. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

/** Little-endian base 128, signed. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const isDone = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0);
    bytes.push(isDone ? low : low | 0x80);
    if (isDone) return bytes;
  }
}

function floatBytes(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

/** Code pieces one after another. */
export function sequence(...parts: readonly Code[]): Code {
  return parts.flat();
}

const binary =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
const unary =
  (...opcode: number[]) =>
  (a: Code): Code => [...a, ...opcode];
const simd = (opcode: number): number[] => [SIMD, ...unsigned(opcode)];
const load =
  (opcode: readonly number[], align: number) =>
  (address: Code, offset = 0): Code => [...address, ...opcode, align, ...unsigned(offset)];
const store =
  (opcode: readonly number[], align: number) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...opcode, align, ...unsigned(offset)];

/** 32-bit integer instructions. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: load([0x28], 2),
  store: store([0x36], 2),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  shl: binary(0x74),
  ltS: binary(0x48),
  geS: binary(0x4e),
};

/** 32-bit float instructions. */
export const f32 = {
  const: (value: number): Code => [0x43, ...floatBytes(value)],
  load: load([0x2a], 2),
  store: store([0x38], 2),
  add: binary(0x92),
  sub: binary(0x93),
  mul: binary(0x94),
  div: binary(0x95),
  max: binary(0x97),
  sqrt: unary(0x91),
  fromI32: unary(0xb2),
};

/** Sixteen bytes: loads, stores, zero. */
export const v128 = {
  load: load(simd(0x00), 2),
  load32Splat: load(simd(0x09), 2),
  store: store(simd(0x0b), 2),
  zero: (): Code => [SIMD, 0x0c, ...new Array<number>(16).fill(0)],
};

/** Four 32-bit floats. */
export const f32x4 = {
  splat: unary(...simd(0x13)),
  extractLane: (a: Code, lane: number): Code => [...a, ...simd(0x1f), lane],
  neg: unary(...simd(0xe1)),
  add: binary(...simd(0xe4)),
  sub: binary(...simd(0xe5)),
  mul: binary(...simd(0xe6)),
  div: binary(...simd(0xe7)),
  /** b < a ? b : a. One instruction, unlike `min`, and NaN in a stays NaN. */
  pmin: binary(...simd(0xea)),
  /** a < b ? b : a. */
  pmax: binary(...simd(0xeb)),
};

/** Four 32-bit integers. */
export const i32x4 = {
  shl: binary(...simd(0xab)),
};

/** Runs `body` while `condition` holds (tested first). */
export function whileLoop(condition: Code, body: Code): Code {
  const leaveUnless = [...condition, 0x45, 0x0d, 1]; // i32.eqz, br_if 1
  return [0x02, VOID_BLOCK, 0x03, VOID_BLOCK, ...leaveUnless, ...body, 0x0c, 0, END, END];
}

/** if (condition) { … } else { … } */
export function ifElse(condition: Code, then: Code, otherwise: Code = []): Code {
  return [...condition, 0x04, VOID_BLOCK, ...then, 0x05, ...otherwise, END];
}

/** A parameter or local variable. */
export interface Local {
  readonly get: Code;
  set(value: Code): Code;
  /** Adds to an integer variable. */
  advance(by: Code | number): Code;
}

/** Collects the locals of one function. */
export class FunctionScope {
  readonly parameters: readonly ValueType[];
  readonly locals: ValueType[] = [];

  constructor(parameters: readonly ValueType[]) {
    this.parameters = parameters;
  }

  /** The i-th parameter. */
  parameter(i: number): Local {
    return variable(i);
  }

  /** A new local, zero at first. */
  local(type: ValueType): Local {
    this.locals.push(type);
    return variable(this.parameters.length + this.locals.length - 1);
  }

  /** New locals of one type. */
  localsOf(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }
}

function variable(index: number): Local {
  const get = [0x20, ...unsigned(index)];
  const set = (value: Code): Code => [...value, 0x21, ...unsigned(index)];
  return { get, set, advance: (by) => set(i32.add(get, typeof by === "number" ? i32.const(by) : by)) };
}

/** One exported function without a result. */
export interface KernelSource {
  readonly name: string;
  readonly scope: FunctionScope;
  readonly body: Code;
}

/** A module that imports `env.memory` and exports the kernels. */
export function assemble(kernels: readonly KernelSource[]): Uint8Array<ArrayBuffer> {
  const text = (value: string): number[] => vector([...new TextEncoder().encode(value)].map((byte) => [byte]));
  const types = kernels.map(({ scope }) => [0x60, ...vector(scope.parameters.map((type) => [type])), 0]);
  const memory = [...text("env"), ...text("memory"), 0x02, 0x00, 0];
  const exported = kernels.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(kernels.map((_, i) => unsigned(i)))),
    ...section(7, vector(exported)),
    ...section(10, vector(kernels.map(functionBody))),
  ]);
}

function functionBody({ scope, body }: KernelSource): number[] {
  const locals = vector(scope.locals.map((type) => [1, type]));
  const code = [...locals, ...body, END];
  return [...unsigned(code.length), ...code];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}
