/**
 * @file The text of the kernel that reads and writes a whole turn in one dispatch: one workgroup per request runs all
 * layers for one token after another against its episode's cache in memory, samples, and stops at a stop token. Plain
 * ops need about 180 dispatches for each token, so a small policy would spend its time waiting for them.
 */
import type { ModelConfig } from "../../core/policy/policy.ts";
import type { ParameterLayout } from "../parameters.ts";

/** Words before each request's tokens. The stop mask (one bit per token of the vocabulary) follows. */
export const REQUEST_HEADER = 12;
/** Words before the first request: distance between requests, distance between answers, most tokens written. */
export const CALL_HEADER = 4;
/** Lanes that take part in the last step of a sum over a row. */
const SUMMANDS = 16;
const MIN_LANES = 128;
const MAX_LANES = 256;
const FLOAT_BYTES = 4;

/** Sizes that the kernel is written for. */
export interface DecodeShape extends ModelConfig {
  /** Threads of a workgroup. */
  readonly lanes: number;
  /** Where each weight array starts; behind them the transposed token table (`head`) and the rotary table. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Words of a stop mask. */
  readonly maskWords: number;
}

/** The shape of the kernel for a model, or the reason why there is none. */
export function decodeShape(layout: ParameterLayout, config: ModelConfig, sharedBytes: number): DecodeShape | string {
  const { width, heads, vocabularySize } = config;
  // As many lanes for each channel, so that each head has as many as well.
  const lanes = width * Math.ceil(MIN_LANES / width);
  if (lanes > MAX_LANES) return `one workgroup serves a width of at most ${MAX_LANES}, got ${width}`;
  const offsets = new Map(layout.specs.map(({ name, offset }) => [name, offset]));
  const angles = (config.contextLength * width) / heads / 2;
  offsets.set("head", layout.size);
  offsets.set("cos", layout.size + vocabularySize * width);
  offsets.set("sin", layout.size + vocabularySize * width + angles);
  const shape = { ...config, lanes, offsets, maskWords: Math.ceil(vocabularySize / 32) };
  const bytes = sharedFloats(shape) * FLOAT_BYTES;
  return bytes <= sharedBytes ? shape : `${bytes} bytes of workgroup memory, the device has ${sharedBytes}`;
}

function sharedFloats({ width, heads, contextLength, vocabularySize, lanes }: DecodeShape): number {
  return 3 * width + 4 * width + heads * contextLength + vocabularySize + 2 * lanes + 2;
}

/** The kernel as WGSL. Bindings: weights, requests, cache, answers. */
export function decodeShader(shape: DecodeShape): string {
  return [
    declarations(shape),
    PHILOX,
    layerNorm(shape),
    attend(shape),
    forwardToken(shape),
    sample(shape),
    main(shape),
  ].join("\n");
}

function declarations({ width, heads, contextLength, vocabularySize, lanes }: DecodeShape): string {
  return `
@group(0) @binding(0) var<storage, read> weights: array<f32>;
@group(0) @binding(1) var<storage, read> requests: array<u32>;
@group(0) @binding(2) var<storage, read_write> cache: array<f32>;
@group(0) @binding(3) var<storage, read_write> answers: array<u32>;
var<workgroup> x: array<f32, ${width}>;
var<workgroup> normed: array<f32, ${width}>;
var<workgroup> query: array<f32, ${width}>;
var<workgroup> inner: array<f32, ${4 * width}>;
var<workgroup> scores: array<f32, ${heads * contextLength}>;
var<workgroup> logits: array<f32, ${vocabularySize}>;
var<workgroup> partial: array<f32, ${lanes}>;
var<workgroup> partialSum: array<f32, ${lanes}>;
var<workgroup> nextToken: u32;
var<workgroup> firstLikeliest: atomic<u32>;`;
}

/** The generator of src/core/base/random.ts, word for word. */
const PHILOX = `
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu; let aHigh = a >> 16u; let bLow = b & 0xffffu; let bHigh = b >> 16u;
  let low = aLow * bLow; let mid1 = aLow * bHigh; let mid2 = aHigh * bLow;
  let carry = (low >> 16u) + (mid1 & 0xffffu) + (mid2 & 0xffffu);
  return aHigh * bHigh + (mid1 >> 16u) + (mid2 >> 16u) + (carry >> 16u);
}
fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
  var c = counter; var k = key;
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiplyHigh(0xd2511f53u, c.x); let low0 = 0xd2511f53u * c.x;
    let high1 = multiplyHigh(0xcd9e8d57u, c.z); let low1 = 0xcd9e8d57u * c.z;
    c = vec4<u32>(high1 ^ c.y ^ k.x, low1, high0 ^ c.w ^ k.y, low0);
    k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`;

/** normed = LayerNorm(x). */
function layerNorm({ width }: DecodeShape): string {
  return `
fn layerNorm(gain: u32, bias: u32, lane: u32) {
  if (lane < ${SUMMANDS}u) {
    var sum = 0.0; var squares = 0.0;
    for (var i = lane; i < ${width}u; i += ${SUMMANDS}u) { sum += x[i]; squares += x[i] * x[i]; }
    partial[lane] = sum; partialSum[lane] = squares;
  }
  workgroupBarrier();
  if (lane < ${width}u) {
    var sum = 0.0; var squares = 0.0;
    for (var i = 0u; i < ${SUMMANDS}u; i++) { sum += partial[i]; squares += partialSum[i]; }
    let mean = sum / ${width}.0;
    let variance = max(squares / ${width}.0 - mean * mean, 0.0);
    normed[lane] = (x[lane] - mean) * inverseSqrt(variance + 1e-5) * weights[gain + lane] + weights[bias + lane];
  }
  workgroupBarrier();
}`;
}

/**
 * Statements that multiply a row vector by a matrix [inputs, outputs]: lanes take columns, and where there are more
 * lanes than columns, parts of the rows.
 *
 * @param use what to do with `sum` of column `c`
 */
function multiply(
  { lanes }: DecodeShape,
  { input, base, inputs, outputs, use }: { input: string; base: string; inputs: number; outputs: number; use: string },
): string {
  const term = `sum += ${input}[k] * weights[${base} + k * ${outputs}u + c];`;
  const parts = Math.floor(lanes / outputs);
  if (parts < 2 || inputs % parts !== 0) {
    return `
  for (var c = lane; c < ${outputs}u; c += ${lanes}u) {
    var sum = 0.0;
    for (var k = 0u; k < ${inputs}u; k++) { ${term} }
    ${use}
  }
  workgroupBarrier();`;
  }
  const rows = inputs / parts;
  return `
  if (lane < ${parts * outputs}u) {
    let c = lane % ${outputs}u; let first = (lane / ${outputs}u) * ${rows}u;
    var sum = 0.0;
    for (var k = first; k < first + ${rows}u; k++) { ${term} }
    partial[lane] = sum;
  }
  workgroupBarrier();
  if (lane < ${outputs}u) {
    let c = lane;
    var sum = partial[c];
    for (var part = 1u; part < ${parts}u; part++) { sum += partial[part * ${outputs}u + c]; }
    ${use}
  }
  workgroupBarrier();`;
}

/** normed = attention of the query to positions 0…position of the cache. Keys lie [width][context], values [context][width]. */
function attend({ width, heads, contextLength, lanes }: DecodeShape): string {
  const headSize = width / heads;
  const group = lanes / heads;
  const parts = lanes / width;
  return `
fn attend(keys: u32, values: u32, position: u32, lane: u32) {
  let head = lane / ${group}u;
  var largest = -1e30;
  for (var j = lane % ${group}u; j <= position; j += ${group}u) {
    var score = 0.0;
    for (var i = 0u; i < ${headSize}u; i++) {
      let channel = head * ${headSize}u + i;
      score += query[channel] * cache[keys + channel * ${contextLength}u + j];
    }
    score *= ${1 / Math.sqrt(headSize)};
    scores[head * ${contextLength}u + j] = score;
    largest = max(largest, score);
  }
  partial[lane] = largest;
  workgroupBarrier();
  largest = -1e30;
  for (var i = 0u; i < ${group}u; i++) { largest = max(largest, partial[head * ${group}u + i]); }
  var total = 0.0;
  for (var j = lane % ${group}u; j <= position; j += ${group}u) {
    let weight = exp(scores[head * ${contextLength}u + j] - largest);
    scores[head * ${contextLength}u + j] = weight;
    total += weight;
  }
  partialSum[lane] = total;
  workgroupBarrier();
  let channel = lane % ${width}u; let ofChannel = channel / ${headSize}u;
  var sum = 0.0;
  for (var j = lane / ${width}u; j <= position; j += ${parts}u) {
    sum += scores[ofChannel * ${contextLength}u + j] * cache[values + j * ${width}u + channel];
  }
  partial[lane] = sum;
  workgroupBarrier();
  if (lane < ${width}u) {
    var all = 0.0;
    for (var i = 0u; i < ${group}u; i++) { all += partialSum[ofChannel * ${group}u + i]; }
    sum = partial[lane];
    for (var part = 1u; part < ${parts}u; part++) { sum += partial[part * ${width}u + lane]; }
    normed[lane] = sum / all;
  }
  workgroupBarrier();
}`;
}

/** All layers for one token: appends to the cache, leaves the final norm in `normed`. */
function forwardToken(shape: DecodeShape): string {
  const { width, layers, contextLength, offsets } = shape;
  const at = (name: string): string => `${offsets.get(name)!}u`;
  const stride = layers > 1 ? offsets.get("layer1.queryKeyValue")! - offsets.get("layer0.queryKeyValue")! : 0;
  const ofLayer = (part: string): string => `(${at(`layer0.${part}`)} + layer * ${stride}u)`;
  const toProjection = `
    if (c < ${width}u) { query[c] = sum; }
    else if (c < ${2 * width}u) { inner[c - ${width}u] = sum; }
    else { cache[values + position * ${width}u + c - ${2 * width}u] = sum; }`;
  const gelu = `let h = sum + weights[${ofLayer("mlpIn.bias")} + c]; inner[c] = h / (1.0 + exp(-1.702 * h));`;
  const projection = { input: "normed", base: ofLayer("queryKeyValue"), inputs: width, outputs: 3 * width };
  const out = { input: "normed", base: ofLayer("attentionOut"), inputs: width, outputs: width, use: "x[c] += sum;" };
  const mlpIn = { input: "normed", base: ofLayer("mlpIn"), inputs: width, outputs: 4 * width, use: gelu };
  const addInner = `x[c] += sum + weights[${ofLayer("mlpOut.bias")} + c];`;
  const mlpOut = { input: "inner", base: ofLayer("mlpOut"), inputs: 4 * width, outputs: width, use: addInner };
  return `
fn forwardToken(episode: u32, tokens: vec3<u32>, position: u32, lane: u32) {
  if (lane < ${width}u) {
    x[lane] = weights[${at("embedding.token")} + tokens.x * ${width}u + lane]
      + weights[${at("embedding.previous")} + tokens.y * ${width}u + lane]
      + weights[${at("embedding.secondPrevious")} + tokens.z * ${width}u + lane];
  }
  workgroupBarrier();
  for (var layer = 0u; layer < ${layers}u; layer++) {
    let keys = (episode * ${layers}u + layer) * ${2 * width * contextLength}u;
    let values = keys + ${width * contextLength}u;
    layerNorm(${ofLayer("attentionNorm.gain")}, ${ofLayer("attentionNorm.bias")}, lane);
    ${multiply(shape, { ...projection, use: toProjection })}
    ${turn(shape)}
    storageBarrier();
    workgroupBarrier();
    attend(keys, values, position, lane);
    ${multiply(shape, out)}
    layerNorm(${ofLayer("mlpNorm.gain")}, ${ofLayer("mlpNorm.bias")}, lane);
    ${multiply(shape, mlpIn)}
    ${multiply(shape, mlpOut)}
  }
  layerNorm(${at("finalNorm.gain")}, ${at("finalNorm.bias")}, lane);
}`;
}

/** Turns the query in place and the key from `inner` into the cache: a lane takes one pair of each half. */
function turn({ width, heads, contextLength, offsets }: DecodeShape): string {
  const half = width / heads / 2;
  return `
    if (lane < ${width / 2}u) {
      let i = lane % ${half}u; let a = (lane / ${half}u) * ${2 * half}u + i; let b = a + ${half}u;
      let c = weights[${offsets.get("cos")!}u + position * ${half}u + i];
      let s = weights[${offsets.get("sin")!}u + position * ${half}u + i];
      let q = vec2<f32>(query[a], query[b]); let k = vec2<f32>(inner[a], inner[b]);
      query[a] = q.x * c - q.y * s; query[b] = q.x * s + q.y * c;
      cache[keys + a * ${contextLength}u + position] = k.x * c - k.y * s;
      cache[keys + b * ${contextLength}u + position] = k.x * s + k.y * c;
    }`;
}

/** Draws a token by inverse CDF from the final norm and writes the answer; leaves the token in `nextToken`. */
function sample(shape: DecodeShape): string {
  const { width, vocabularySize, lanes, offsets } = shape;
  const block = Math.ceil(vocabularySize / SUMMANDS);
  const head = { input: "normed", base: `${offsets.get("head")!}u`, inputs: width, outputs: vocabularySize };
  return `
fn sample(request: u32, index: u32, answer: u32, most: u32, lane: u32) {
  let scale = bitcast<f32>(requests[request + 4u]);
  ${multiply(shape, { ...head, use: "logits[c] = sum * scale;" })}
  var largest = -1e30;
  for (var c = lane; c < ${vocabularySize}u; c += ${lanes}u) { largest = max(largest, logits[c]); }
  partial[lane] = largest;
  if (lane == 0u) { atomicStore(&firstLikeliest, ${vocabularySize}u); }
  workgroupBarrier();
  for (var i = 0u; i < ${lanes}u; i++) { largest = max(largest, partial[i]); }
  workgroupBarrier();
  for (var c = lane; c < ${vocabularySize}u; c += ${lanes}u) {
    if (logits[c] == largest) { atomicMin(&firstLikeliest, c); }
  }
  if (lane < ${SUMMANDS}u) {
    var total = 0.0; var weighted = 0.0;
    for (var c = lane * ${block}u; c < min((lane + 1u) * ${block}u, ${vocabularySize}u); c++) {
      let shifted = logits[c] - largest;
      total += exp(shifted);
      weighted += exp(shifted) * shifted;
    }
    partial[lane] = total; partialSum[lane] = weighted;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0; var weighted = 0.0;
    for (var i = 0u; i < ${SUMMANDS}u; i++) { total += partial[i]; weighted += partialSum[i]; }
    var token = atomicLoad(&firstLikeliest);
    if (requests[request + 8u] == 0u) {
      let counter = vec4<u32>(requests[request + 7u], requests[request + 9u] + index, 0u, 0x746f6b65u);
      let word = philox(counter, vec2<u32>(requests[request + 5u], requests[request + 6u])).x;
      var rest = f32(word >> 8u) * 5.9604644775390625e-8 * total;
      var which = 0u;
      while (which < ${SUMMANDS - 1}u && rest >= partial[which]) { rest -= partial[which]; which++; }
      for (var c = which * ${block}u; c < min((which + 1u) * ${block}u, ${vocabularySize}u); c++) {
        rest -= exp(logits[c] - largest);
        if (rest < 0.0) { token = c; break; }
      }
    }
    answers[answer + 1u + index] = token;
    answers[answer + 1u + most + index] = bitcast<u32>(logits[token] - largest - log(total));
    answers[answer + 1u + 2u * most + index] = bitcast<u32>(log(total) - weighted / total);
    answers[answer] = index + 1u;
    nextToken = token;
  }
  workgroupBarrier();
}`;
}

/** Reads the request's tokens, then writes until a stop token or the limit. Request words: see `writeRequest`. */
function main({ lanes, maskWords }: DecodeShape): string {
  return `
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let request = ${CALL_HEADER}u + group.x * requests[0];
  let answer = group.x * requests[1];
  let most = requests[2];
  let reading = requests[request];
  let start = requests[request + 1u];
  let writing = requests[request + 2u];
  let episode = requests[request + 3u];
  let mask = request + ${REQUEST_HEADER}u;
  var token = 0u; var previous = requests[request + 10u]; var secondPrevious = requests[request + 11u];
  if (lane == 0u) { answers[answer] = 0u; }
  let steps = reading + max(writing, 1u) - 1u;
  for (var i = 0u; i < steps; i++) {
    if (i < reading) { token = requests[mask + ${maskWords}u + i]; }
    forwardToken(episode, vec3<u32>(token, previous, secondPrevious), start + i, lane);
    secondPrevious = previous; previous = token;
    if (i + 1u >= reading && writing > 0u) {
      sample(request, i + 1u - reading, answer, most, lane);
      token = workgroupUniformLoad(&nextToken);
      if (((requests[mask + (token >> 5u)] >> (token & 31u)) & 1u) == 1u) { break; }
    }
  }
}`;
}
