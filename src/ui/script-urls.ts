/** @file The scripts that the page starts beside itself, through its only Trusted Types policy. */
import trainingWorkerUrl from "../../workers/training.worker.ts?worker&url";

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL: (url: string) => unknown;
  };
}

/** Made by the build, beside the page, wherever that is served. */
const SERVICE_WORKER_URL = new URL("service-worker.js", document.baseURI).href;

type Approve = (url: string) => string;

/** Where the browser enforces Trusted Types, it gives a URL that the policy approved; elsewhere the URL itself. */
let approve: Approve | undefined;

function approvalOf(): Approve {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (factory === undefined) return (url) => url;
  const policy = factory.createPolicy("app", {
    createScriptURL: (url) => {
      if (url !== trainingWorkerUrl && url !== SERVICE_WORKER_URL) {
        throw new TypeError("Only the training worker and the service worker may be started.");
      }
      return url;
    },
  });
  return (url) => policy.createScriptURL(url) as string;
}

function approved(url: string): string {
  approve ??= approvalOf();
  return approve(url);
}

/** A new training worker. */
export function createTrainingWorker(name: string): Worker {
  return new Worker(approved(trainingWorkerUrl), { type: "module", name });
}

/** What registers the service worker. */
export function serviceWorkerUrl(): string {
  return approved(SERVICE_WORKER_URL);
}
