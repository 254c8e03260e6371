// The architecture, as a table: each folder, and the folders it may import. Everything else is an error.
const core = (...names) => names.map((name) => `src/core/${name}`);

const MAY_IMPORT = {
  "src/core/base": [],
  "src/core/envs": core("base"),
  "src/core/text": core("base"),
  "src/core/policy": core("base", "text"),
  "src/core/events": core("base", "envs", "text", "policy"),
  "src/core/memory": core("base", "text", "policy"),
  "src/core/rollout": core("base", "envs", "text", "policy", "events", "memory"),
  "src/core/advantages": core("base", "rollout"),
  "src/core/critic": core("base", "text", "policy", "rollout"),
  "src/core/algorithms": core("base", "envs", "text", "policy", "events", "memory", "rollout", "advantages", "critic"),
  "src/core/training": ["src/core"],
  "src/model": core("base", "text", "policy"),
  "src/experiments": ["src/core"],
  "src/pretraining": ["src/core"],
  "src/storage": ["src/core"],
  // Composition root: what a host needs to run, store and talk.
  "src/runtime": ["src/core", "src/model", "src/experiments", "src/pretraining", "src/protocol", "src/storage"],
  "src/protocol": core("base", "events", "memory", "training"),
  "src/ui": [
    "src/protocol",
    "src/storage",
    "src/experiments",
    ...core("base", "events", "envs", "text", "memory", "policy", "training"),
  ],
  "src/cli": ["src/runtime", "src/experiments", "src/pretraining", "src/core"],
  workers: ["src/runtime", "src/protocol", "src/storage"],
};

// Packages that one folder owns. `valibot` and `@noble/hashes` may be used anywhere.
const ONLY_IN = {
  "@tensorflow/": "^src/model/",
  "(react|react-dom|react-aria-components|react-error-boundary|zustand|uplot)(/|$)": "^src/ui/",
  "idb(/|$)": "^src/storage/",
  "(commander|cli-progress|webgpu|bullmq|ioredis)(/|$)": "^src/cli/",
};

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "\\?" } },
    { name: "no-orphans", severity: "error", from: { orphan: true, pathNot: "\\.d\\.ts$|main\\.tsx?$" }, to: {} },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
      name: `layer:${folder}`,
      severity: "error",
      // The page names its worker by URL; nothing of it is imported.
      from: { path: `^${folder}/`, pathNot: "^src/ui/script-urls\\.ts$" },
      to: { path: "^(src|workers|test|scripts)/", pathNot: [folder, ...allowed].map((name) => `^${name}/`) },
    })),
    ...Object.entries(ONLY_IN).map(([packages, owner]) => ({
      name: `only-in:${packages}`,
      severity: "error",
      from: { path: "^(src|workers)/", pathNot: owner },
      to: { path: `^(node_modules/)?(@types/)?${packages}` },
    })),
    {
      name: "only-in:node",
      severity: "error",
      from: { path: "^(src|workers)/", pathNot: "^src/cli/" },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".mjs", ".js"] },
  },
};
