import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { configDefaults, defineConfig } from "vitest/config";
import { META_CSP } from "./scripts/csp.mjs";

/** Puts the Content-Security-Policy into the built page, so that it also holds on hosts that send no headers. */
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: META_CSP }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), contentSecurityPolicy()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // Nothing becomes a data: URL, which the CSP would refuse to fetch.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "node",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: [...configDefaults.exclude, "test/smoke/**", "test/e2e/**"],
          // The tests of the command line start processes beside the others; on a busy machine five seconds are too few.
          testTimeout: 30_000,
          benchmark: { include: ["test/bench/**/*.bench.ts"] },
        },
      },
      {
        extends: true,
        test: {
          name: "smoke",
          environment: "node",
          include: ["test/smoke/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        // Real Chromium, driven from Node with playwright-core, on the built page in dist.
        extends: true,
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
