import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { configDefaults, defineConfig } from "vitest/config";
import { META_CSP } from "./scripts/csp.mjs";
import { resultsPlugin } from "./scripts/results-plugin.ts";

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

/** The service worker keeps everything that the page is made of; the page registers it and says when a newer one is taken. */
const OFFLINE = VitePWA({
  filename: "service-worker.js",
  registerType: "prompt",
  injectRegister: false,
  manifest: false,
  workbox: {
    globPatterns: ["**/*"],
    globIgnores: ["service-worker.js"],
    maximumFileSizeToCacheInBytes: 64 * 2 ** 20,
    // The first visit is kept as it is, too, while its page is still open.
    clientsClaim: true,
    // A query changes nothing about the page.
    ignoreURLParametersMatching: [/./],
    inlineWorkboxRuntime: true,
    sourcemap: false,
  },
});

export default defineConfig({
  base: "./",
  plugins: [react(), contentSecurityPolicy(), resultsPlugin(import.meta.dirname), OFFLINE],
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
          // With LONG=1 the fuzz tests try ten thousand cases.
          testTimeout: process.env["LONG"] === "1" ? 900_000 : 30_000,
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
