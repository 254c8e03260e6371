/**
 * @file Softmax kernels: causal attention weights and their gradient, and the statistics and slopes of token
 * distributions. Rows are multiples of 16 bytes apart. Addresses and sizes are in bytes unless they count rows.
 */
import { F32, f32, f32x4, FunctionScope, I32, i32, sequence, V128, v128, whileLoop } from "./assembler.ts";
import type { Code, KernelSource, Local, ValueType } from "./assembler.ts";
import { exponential, laneMax, laneSum, splat } from "./exponential.ts";
import { at, eachVector, FLOAT_BYTES, repeat } from "./loops.ts";

const FAR_BELOW = -1e30;
const VECTOR_MASK = 15;

/** Fills [offset, end) of a row with a number; advances `offset`. */
function fillTail(base: Local, offset: Local, end: Code, value: number): Code {
  return whileLoop(
    i32.ltS(offset.get, end),
    sequence(f32.store(at(base, offset), f32.const(value)), offset.advance(FLOAT_BYTES)),
  );
}

/** Rounds a number of bytes up to whole vectors. */
function wholeVectors(bytes: Code): Code {
  return i32.and(i32.add(bytes, i32.const(VECTOR_MASK)), i32.const(~VECTOR_MASK));
}

/**
 * causalSoftmax(scores, rowBytes, rows, firstBytes, endBytes, scale): in place, row r over its first
 * firstBytes + 4r bytes; the rest up to endBytes becomes 0.
 */
export function causalSoftmaxKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, I32, F32]);
  const [scores, rowBytes, rows, length, end, scale] = [0, 1, 2, 3, 4, 5].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const [row, offset, whole] = scope.localsOf(I32, 3) as [Local, Local, Local];
  const [max, sum, value, factor] = scope.localsOf(V128, 4) as [Local, Local, Local, Local];
  const exp = exponential(scope);
  const load = v128.load(at(scores, offset));
  const oneRow = sequence(
    whole.set(wholeVectors(length.get)),
    offset.set(length.get),
    fillTail(scores, offset, whole.get, FAR_BELOW),
    max.set(splat(FAR_BELOW)),
    eachVector(offset, whole.get, max.set(f32x4.pmax(max.get, load))),
    max.set(f32x4.splat(laneMax(max.get))),
    sum.set(v128.zero()),
    eachVector(
      offset,
      whole.get,
      sequence(
        exp.into(value, f32x4.mul(f32x4.sub(load, max.get), factor.get)),
        v128.store(at(scores, offset), value.get),
        sum.set(f32x4.add(sum.get, value.get)),
      ),
    ),
    sum.set(f32x4.splat(f32.div(f32.const(1), laneSum(sum.get)))),
    eachVector(offset, whole.get, v128.store(at(scores, offset), f32x4.mul(load, sum.get))),
    offset.set(length.get),
    fillTail(scores, offset, end.get, 0),
    scores.advance(rowBytes.get),
    length.advance(FLOAT_BYTES),
  );
  const body = sequence(exp.setUp, factor.set(f32x4.splat(scale.get)), repeat(row, rows.get, oneRow));
  return { name: "causalSoftmax", scope, body };
}

/**
 * softmaxBackward(weights, slopes, rowBytes, rows, endBytes, scale): slopes becomes
 * weights·(slopes − Σ weights·slopes)·scale, row by row over endBytes.
 */
export function softmaxBackwardKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, I32, F32]);
  const [weights, slopes, rowBytes, rows, end, scale] = [0, 1, 2, 3, 4, 5].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [sum, factor] = scope.localsOf(V128, 2) as [Local, Local];
  const [weight, slope] = [v128.load(at(weights, offset)), v128.load(at(slopes, offset))];
  const centered = f32x4.sub(slope, sum.get);
  const oneRow = sequence(
    sum.set(v128.zero()),
    eachVector(offset, end.get, sum.set(f32x4.add(sum.get, f32x4.mul(weight, slope)))),
    sum.set(f32x4.splat(laneSum(sum.get))),
    eachVector(offset, end.get, v128.store(at(slopes, offset), f32x4.mul(f32x4.mul(weight, centered), factor.get))),
    weights.advance(rowBytes.get),
    slopes.advance(rowBytes.get),
  );
  const body = sequence(factor.set(f32x4.splat(scale.get)), repeat(row, rows.get, oneRow));
  return { name: "softmaxBackward", scope, body };
}

/**
 * tokenStatistics(logits, out, rows, widthBytes, inverseTemperature): per row three floats: the largest logit, Σ w and
 * Σ w·s, where s = (logit − largest)·inverseTemperature and w = e^s.
 */
export function tokenStatisticsKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, F32] satisfies ValueType[]);
  const [logits, out, rows, width, inverseTemperature] = [0, 1, 2, 3, 4].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local],
  ];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [max, sum, weighted, shifted, weight, factor] = scope.localsOf(V128, 6) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const exp = exponential(scope);
  const load = v128.load(at(logits, offset));
  const oneRow = sequence(
    max.set(v128.load(logits.get)),
    eachVector(offset, width.get, max.set(f32x4.pmax(max.get, load))),
    f32.store(out.get, laneMax(max.get)),
    max.set(v128.load32Splat(out.get)),
    sum.set(v128.zero()),
    weighted.set(v128.zero()),
    eachVector(
      offset,
      width.get,
      sequence(
        shifted.set(f32x4.mul(f32x4.sub(load, max.get), factor.get)),
        exp.into(weight, shifted.get),
        sum.set(f32x4.add(sum.get, weight.get)),
        weighted.set(f32x4.add(weighted.get, f32x4.mul(weight.get, shifted.get))),
      ),
    ),
    f32.store(out.get, laneSum(sum.get), FLOAT_BYTES),
    f32.store(out.get, laneSum(weighted.get), 2 * FLOAT_BYTES),
    logits.advance(width.get),
    out.advance(3 * FLOAT_BYTES),
  );
  const body = sequence(exp.setUp, factor.set(f32x4.splat(inverseTemperature.get)), repeat(row, rows.get, oneRow));
  return { name: "tokenStatistics", scope, body };
}

/**
 * tokenSlopes(logits, rowData, out, rows, widthBytes, inverseTemperature): per row rowData holds four floats: shift
 * (largest·inverseTemperature + log Σ), entropy H, c and e; out = −p·(c + e·(log p + H))·inverseTemperature.
 */
export function tokenSlopesKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, I32, F32] satisfies ValueType[]);
  const [logits, rowData, out, rows, width, inverseTemperature] = [0, 1, 2, 3, 4, 5].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const [row, offset] = scope.localsOf(I32, 2) as [Local, Local];
  const [factor, shift, entropy, ofLogProb, ofEntropy, logProb, probability] = scope.localsOf(V128, 7) as [
    ...[Local, Local, Local, Local, Local, Local, Local],
  ];
  const exp = exponential(scope);
  const bracket = f32x4.add(ofLogProb.get, f32x4.mul(ofEntropy.get, f32x4.add(logProb.get, entropy.get)));
  const oneRow = sequence(
    ...[shift, entropy, ofLogProb, ofEntropy].map((local, i) =>
      local.set(v128.load32Splat(rowData.get, i * FLOAT_BYTES)),
    ),
    eachVector(
      offset,
      width.get,
      sequence(
        logProb.set(f32x4.sub(f32x4.mul(v128.load(at(logits, offset)), factor.get), shift.get)),
        exp.into(probability, logProb.get),
        v128.store(at(out, offset), f32x4.neg(f32x4.mul(f32x4.mul(probability.get, bracket), factor.get))),
      ),
    ),
    logits.advance(width.get),
    out.advance(width.get),
    rowData.advance(4 * FLOAT_BYTES),
  );
  const body = sequence(exp.setUp, factor.set(f32x4.splat(inverseTemperature.get)), repeat(row, rows.get, oneRow));
  return { name: "tokenSlopes", scope, body };
}
