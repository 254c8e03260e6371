import { existsSync } from "node:fs";
import path from "node:path";
import { chromium, type BrowserContext, type Page, type Route } from "playwright-core";
import { findChromium } from "../../../scripts/chromium.mjs";
import { DIST } from "../../../scripts/prepare.mjs";
import { startStaticServer } from "../../../scripts/static-server.mjs";

/** The page is served from here, to prove that it only uses relative paths. */
const SUB_PATH = "/some/sub/path/";

/** No sandbox, so that it starts as root in a container; no name resolves, so that nothing can leave the machine. */
const COMMON_FLAGS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];

/** WebGPU in software, in pages and workers, on machines without a GPU. */
const SOFTWARE_WEBGPU_FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

const DELETE_WEBGPU = "delete Object.getPrototypeOf(navigator).gpu;";

interface PlaygroundOptions {
  /** Folder to serve; the built page by default. */
  readonly root?: string;
  /** What follows the page's address: a query, a hash. */
  readonly suffix?: string;
  /** Removes `navigator.gpu` from the page and its workers. */
  readonly withoutWebGpu?: boolean;
  /** Run before every script of the page and its workers, which init scripts do not reach. */
  readonly prelude?: string;
  /** What a person chose in the lab at an earlier visit; automatic if not given. */
  readonly backend?: "webgpu" | "wasm" | "cpu";
  /** Keeps `navigator.gpu`, but `requestAdapter()` gives null. */
  readonly withoutAdapter?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Lets the page keep itself for offline use. Then requests of the page are not seen here, and preludes do not work. */
  readonly withServiceWorker?: boolean;
  /** The test itself makes the page do what it must not do. */
  readonly allowsViolations?: boolean;
}

interface Playground {
  /** The first page, open at `url`. */
  readonly page: Page;
  /** One browser profile: a second tab on the same storage is `context.newPage()`. */
  readonly context: BrowserContext;
  readonly url: string;
  /** Console errors and uncaught errors of all pages and workers. */
  readonly consoleErrors: readonly string[];
  /** What the Content-Security-Policy or Trusted Types refused. */
  readonly cspViolations: readonly string[];
  /** Requests to other origins, all of them refused. */
  readonly foreignRequests: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * Serves the built page from a sub-path and opens it in a fresh Chromium profile that records what goes wrong. Closing it
 * fails if the page asked another origin or did what its Content-Security-Policy or Trusted Types forbid.
 */
export async function openPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const root = options.root ?? DIST;
  if (!existsSync(path.join(root, "index.html"))) throw new Error(`open playground: requires ${root}; npm run build`);
  const server = await startStaticServer({ root, basePath: SUB_PATH });
  const browser = await launchChromium(options.withoutAdapter !== true && options.withoutWebGpu !== true);
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    serviceWorkers: options.withServiceWorker === true ? "allow" : "block",
  });
  const prelude = (options.withoutWebGpu === true ? DELETE_WEBGPU : "") + (options.prelude ?? "");
  const watched = await watch(context, new URL(server.url).origin, prelude);
  const remember = (choice: string): void => {
    // Documents without an origin have no storage.
    if (location.protocol.startsWith("http")) localStorage.setItem("empo2.backend", choice);
  };
  if (options.backend !== undefined) await context.addInitScript(remember, options.backend);
  const page = await context.newPage();
  const url = server.url + (options.suffix ?? "");
  await page.goto(url);
  const close = async (): Promise<void> => {
    // A page that has crashed has no routes any more.
    await context.unrouteAll({ behavior: "ignoreErrors" }).catch(() => undefined);
    await browser.close();
    await server.close();
    if (options.allowsViolations !== true) refuseViolations(watched);
  };
  return { page, context, url, ...watched, close };
}

/** Every test fails whose page asked another origin or did what its policy forbids. */
function refuseViolations({ cspViolations, foreignRequests }: Pick<Playground, "cspViolations" | "foreignRequests">) {
  if (cspViolations.length + foreignRequests.length === 0) return;
  throw new Error(`the page: nothing its policy forbids, got ${[...cspViolations, ...foreignRequests].join("; ")}`);
}

/** Starts Chromium, with a software WebGPU adapter or with none. */
async function launchChromium(hasAdapter: boolean) {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("launch Chromium: requires one; npm test finds or installs it");
  return chromium.launch({
    executablePath,
    args: [...COMMON_FLAGS, ...(hasAdapter ? SOFTWARE_WEBGPU_FLAGS : [])],
  });
}

async function watch(context: BrowserContext, origin: string, prelude: string) {
  const consoleErrors: string[] = [];
  const cspViolations: string[] = [];
  const foreignRequests: string[] = [];
  const record = (text: string): void => {
    consoleErrors.push(text);
    if (/Content Security Policy|Trusted ?(Type|Script|HTML)/i.test(text)) cspViolations.push(text);
  };
  context.on("console", (message) => {
    if (message.type() === "error") record(message.text());
  });
  context.on("weberror", (webError) => record(String(webError.error())));
  await context.route("**/*", async (route) => {
    const address = route.request().url();
    if (new URL(address).origin !== origin) {
      foreignRequests.push(address);
      await route.abort();
    } else if (prelude !== "" && new URL(address).pathname.endsWith(".js")) await serveWithPrelude(route, prelude);
    else await route.continue();
  });
  return { consoleErrors, cspViolations, foreignRequests };
}

async function serveWithPrelude(route: Route, prelude: string): Promise<void> {
  const response = await route.fetch();
  await route.fulfill({ response, body: `${prelude}\n${await response.text()}` });
}
