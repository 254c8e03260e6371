/** @file The one place that makes a worker, through the page's only Trusted Types policy. */
import workerUrl from "../../workers/training.worker.ts?worker&url";

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL: (url: string) => unknown;
  };
}

/** Where the browser enforces Trusted Types, a URL that this policy approved; elsewhere the URL itself. */
let approvedUrl: string | undefined;

function trustedWorkerUrl(): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (factory === undefined) return workerUrl;
  const policy = factory.createPolicy("app", {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError("Only the training worker may be started.");
      return url;
    },
  });
  return policy.createScriptURL(workerUrl) as string;
}

/** A new training worker. */
export function createTrainingWorker(name: string): Worker {
  approvedUrl ??= trustedWorkerUrl();
  return new Worker(approvedUrl, { type: "module", name });
}
