/** @file Where the built page has the WebAssembly binaries. For browsers: only Vite understands these imports. */
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";

/** URL of each binary by file name, for `selectBackend`. */
export const WASM_URLS: Readonly<Record<string, string>> = {
  "tfjs-backend-wasm.wasm": plain,
  "tfjs-backend-wasm-simd.wasm": simd,
};
