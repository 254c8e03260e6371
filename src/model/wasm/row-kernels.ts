/**
 * @file Kernels over the rows of [rows, width] matrices whose width is a multiple of 4: LayerNorm, GELU, column sums.
 * Addresses and widths are in bytes. Row sums are taken lane by lane and then across, always in the same order.
 */
import { F32, f32, f32x4, FunctionScope, I32, i32, sequence, V128, v128 } from "./assembler.ts";
import type { Code, KernelSource, Local } from "./assembler.ts";
import { exponential, laneSum, splat } from "./exponential.ts";
import { at, eachVector, FLOAT_BYTES, repeat } from "./loops.ts";

const LAYER_NORM_EPSILON = 1e-5;
const GELU_SHARPNESS = 1.702;

function parameters<Count extends number>(scope: FunctionScope, count: Count): Local[] & { length: Count } {
  return Array.from({ length: count }, (_, i) => scope.parameter(i)) as Local[] & { length: Count };
}

function integers(count: number): FunctionScope {
  return new FunctionScope(new Array<typeof I32>(count).fill(I32));
}

/** layerNorm(x, gain, bias, normalized, inverseStd, out, rows, widthBytes) */
export function layerNormKernel(): KernelSource {
  const scope = integers(8);
  const [x, gain, bias, normalized, inverseStd, out, rows, width] = parameters(scope, 8) as [
    ...[Local, Local, Local, Local, Local, Local, Local, Local],
  ];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [sum, mean, value, scale] = scope.localsOf(V128, 4) as [Local, Local, Local, Local];
  const size = scope.local(F32);
  const centered = f32x4.sub(v128.load(at(x, offset)), mean.get);
  const body = sequence(
    size.set(f32.div(f32.fromI32(width.get), f32.const(FLOAT_BYTES))),
    repeat(
      row,
      rows.get,
      sequence(
        sum.set(v128.zero()),
        eachVector(offset, width.get, sum.set(f32x4.add(sum.get, v128.load(at(x, offset))))),
        mean.set(f32x4.splat(f32.div(laneSum(sum.get), size.get))),
        sum.set(v128.zero()),
        eachVector(
          offset,
          width.get,
          sequence(value.set(centered), sum.set(f32x4.add(sum.get, f32x4.mul(value.get, value.get)))),
        ),
        f32.store(
          inverseStd.get,
          inverseRoot(f32.add(f32.div(laneSum(sum.get), size.get), f32.const(LAYER_NORM_EPSILON))),
        ),
        scale.set(v128.load32Splat(inverseStd.get)),
        eachVector(
          offset,
          width.get,
          sequence(
            value.set(f32x4.mul(centered, scale.get)),
            v128.store(at(normalized, offset), value.get),
            v128.store(
              at(out, offset),
              f32x4.add(f32x4.mul(value.get, v128.load(at(gain, offset))), v128.load(at(bias, offset))),
            ),
          ),
        ),
        ...[x, normalized, out].map((pointer) => pointer.advance(width.get)),
        inverseStd.advance(FLOAT_BYTES),
      ),
    ),
  );
  return { name: "layerNorm", scope, body };
}

function inverseRoot(value: Code): Code {
  return f32.div(f32.const(1), f32.sqrt(value));
}

/**
 * layerNormBackward(slope, normalized, inverseStd, gain, residual, out, gainSlope, biasSlope, rows, widthBytes):
 * out = residual + slope of the input; the slopes of gain and bias are added to.
 */
export function layerNormBackwardKernel(): KernelSource {
  const scope = integers(10);
  const [slope, normalized, inverseStd, gain, residual, out, gainSlope, biasSlope, rows, width] = parameters(
    scope,
    10,
  ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [sum, along, value, scale, raw] = scope.localsOf(V128, 5) as [Local, Local, Local, Local, Local];
  const size = scope.local(F32);
  const meanOf = (total: Local): Code => total.set(f32x4.splat(f32.div(laneSum(total.get), size.get)));
  const addTo = (target: Local, by: Code): Code =>
    v128.store(at(target, offset), f32x4.add(v128.load(at(target, offset)), by));
  const scaled = f32x4.mul(raw.get, v128.load(at(gain, offset)));
  const gather = sequence(
    raw.set(v128.load(at(slope, offset))),
    addTo(biasSlope, raw.get),
    addTo(gainSlope, f32x4.mul(raw.get, v128.load(at(normalized, offset)))),
    value.set(scaled),
    sum.set(f32x4.add(sum.get, value.get)),
    along.set(f32x4.add(along.get, f32x4.mul(value.get, v128.load(at(normalized, offset))))),
  );
  const centered = f32x4.sub(f32x4.sub(scaled, sum.get), f32x4.mul(v128.load(at(normalized, offset)), along.get));
  const write = sequence(
    raw.set(v128.load(at(slope, offset))),
    v128.store(at(out, offset), f32x4.add(v128.load(at(residual, offset)), f32x4.mul(centered, scale.get))),
  );
  const body = sequence(
    size.set(f32.div(f32.fromI32(width.get), f32.const(FLOAT_BYTES))),
    repeat(
      row,
      rows.get,
      sequence(
        sum.set(v128.zero()),
        along.set(v128.zero()),
        eachVector(offset, width.get, gather),
        meanOf(sum),
        meanOf(along),
        scale.set(v128.load32Splat(inverseStd.get)),
        eachVector(offset, width.get, write),
        ...[slope, normalized, residual, out].map((pointer) => pointer.advance(width.get)),
        inverseStd.advance(FLOAT_BYTES),
      ),
    ),
  );
  return { name: "layerNormBackward", scope, body };
}

/** biasGelu(x, bias, preActivation, out, rows, widthBytes) */
export function biasGeluKernel(): KernelSource {
  const scope = integers(6);
  const [x, bias, preActivation, out, rows, width] = parameters(scope, 6) as [Local, Local, Local, Local, Local, Local];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [value, gate, one, sharpness] = scope.localsOf(V128, 4) as [Local, Local, Local, Local];
  const exp = exponential(scope);
  const body = sequence(
    exp.setUp,
    one.set(splat(1)),
    sharpness.set(splat(-GELU_SHARPNESS)),
    repeat(
      row,
      rows.get,
      sequence(
        eachVector(
          offset,
          width.get,
          sequence(
            value.set(f32x4.add(v128.load(at(x, offset)), v128.load(at(bias, offset)))),
            v128.store(at(preActivation, offset), value.get),
            exp.into(gate, f32x4.mul(value.get, sharpness.get)),
            v128.store(at(out, offset), f32x4.div(value.get, f32x4.add(one.get, gate.get))),
          ),
        ),
        ...[x, preActivation, out].map((pointer) => pointer.advance(width.get)),
      ),
    ),
  );
  return { name: "biasGelu", scope, body };
}

/** geluBackward(slope, preActivation, out, biasSlope, rows, widthBytes): the slope of the bias is added to. */
export function geluBackwardKernel(): KernelSource {
  const scope = integers(6);
  const [slope, preActivation, out, biasSlope, rows, width] = parameters(scope, 6) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [bent, gate, one, sharpness] = scope.localsOf(V128, 4) as [Local, Local, Local, Local];
  const exp = exponential(scope);
  // gate·(1 + 1.702x·(1 − gate)), with bent = −1.702x
  const derivative = f32x4.mul(gate.get, f32x4.sub(one.get, f32x4.mul(bent.get, f32x4.sub(one.get, gate.get))));
  const body = sequence(
    exp.setUp,
    one.set(splat(1)),
    sharpness.set(splat(-GELU_SHARPNESS)),
    repeat(
      row,
      rows.get,
      sequence(
        eachVector(
          offset,
          width.get,
          sequence(
            bent.set(f32x4.mul(v128.load(at(preActivation, offset)), sharpness.get)),
            exp.into(gate, bent.get),
            gate.set(f32x4.div(one.get, f32x4.add(one.get, gate.get))),
            bent.set(f32x4.mul(derivative, v128.load(at(slope, offset)))),
            v128.store(at(out, offset), bent.get),
            v128.store(at(biasSlope, offset), f32x4.add(v128.load(at(biasSlope, offset)), bent.get)),
          ),
        ),
        ...[slope, preActivation, out].map((pointer) => pointer.advance(width.get)),
      ),
    ),
  );
  return { name: "geluBackward", scope, body };
}

/** columnSum(x, out, rows, widthBytes): out is added to. */
export function columnSumKernel(): KernelSource {
  const scope = integers(4);
  const [x, out, rows, width] = parameters(scope, 4) as [Local, Local, Local, Local];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const add = v128.store(at(out, offset), f32x4.add(v128.load(at(out, offset)), v128.load(at(x, offset))));
  const body = repeat(row, rows.get, sequence(eachVector(offset, width.get, add), x.advance(width.get)));
  return { name: "columnSum", scope, body };
}

/** addBias(x, bias, out, rows, widthBytes): out = x + bias in every row. */
export function addBiasKernel(): KernelSource {
  const scope = integers(5);
  const [x, bias, out, rows, width] = parameters(scope, 5) as [Local, Local, Local, Local, Local];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const add = v128.store(at(out, offset), f32x4.add(v128.load(at(x, offset)), v128.load(at(bias, offset))));
  const body = repeat(
    row,
    rows.get,
    sequence(eachVector(offset, width.get, add), x.advance(width.get), out.advance(width.get)),
  );
  return { name: "addBias", scope, body };
}

/**
 * sumLookups(table0, table1, table2, ids0, ids1, ids2, out, rows, widthBytes): the sum of one row of each table.
 */
export function sumLookupsKernel(): KernelSource {
  const scope = integers(9);
  const all = parameters(scope, 9) as Local[];
  const [tables, ids] = [all.slice(0, 3), all.slice(3, 6)];
  const [out, rows, width] = all.slice(6) as [Local, Local, Local];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const sources = scope.localsOf(I32, 3) as [Local, Local, Local];
  const sum = f32x4.add(
    f32x4.add(v128.load(at(sources[0], offset)), v128.load(at(sources[1], offset))),
    v128.load(at(sources[2], offset)),
  );
  const body = repeat(
    row,
    rows.get,
    sequence(
      ...sources.map((source, n) => source.set(i32.add(tables[n]!.get, i32.mul(i32.load(ids[n]!.get), width.get)))),
      eachVector(offset, width.get, v128.store(at(out, offset), sum)),
      ...ids.map((pointer) => pointer.advance(FLOAT_BYTES)),
      out.advance(width.get),
    ),
  );
  return { name: "sumLookups", scope, body };
}

/** addToRows(x, ids, table, rows, widthBytes): table[ids[i]] += x[i]. */
export function addToRowsKernel(): KernelSource {
  const scope = integers(5);
  const [x, ids, table, rows, width] = parameters(scope, 5) as [Local, Local, Local, Local, Local];
  const [row, offset, target] = scope.localsOf(I32, 3) as [Local, Local, Local];
  const add = v128.store(at(target, offset), f32x4.add(v128.load(at(target, offset)), v128.load(at(x, offset))));
  const body = repeat(
    row,
    rows.get,
    sequence(
      target.set(i32.add(table.get, i32.mul(i32.load(ids.get), width.get))),
      eachVector(offset, width.get, add),
      x.advance(width.get),
      ids.advance(FLOAT_BYTES),
    ),
  );
  return { name: "addToRows", scope, body };
}

/** gatherRows(table, ids, out, rows, widthBytes): out[i] = table[ids[i]]. */
export function gatherRowsKernel(): KernelSource {
  const scope = integers(5);
  const [table, ids, out, rows, width] = parameters(scope, 5) as [Local, Local, Local, Local, Local];
  const [row, offset, source] = scope.localsOf(I32, 3) as [Local, Local, Local];
  const body = repeat(
    row,
    rows.get,
    sequence(
      source.set(i32.add(table.get, i32.mul(i32.load(ids.get), width.get))),
      eachVector(offset, width.get, v128.store(at(out, offset), v128.load(at(source, offset)))),
      ids.advance(FLOAT_BYTES),
      out.advance(width.get),
    ),
  );
  return { name: "gatherRows", scope, body };
}
