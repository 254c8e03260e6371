/** @file Where a process that is to run WebGPU in software finds a Vulkan library: beside an installed browser. */
import { existsSync } from "node:fs";
import path from "node:path";

/** Folders of browsers that bring a Vulkan loader and a software GPU with them. */
const BROWSER_FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];

/** Environment of a child process, because libraries are looked up when a process starts. */
export function vulkanEnvironment(): NodeJS.ProcessEnv {
  const folder = BROWSER_FOLDERS.find((each) => existsSync(path.join(each, "libvulkan.so.1")));
  if (folder === undefined) return process.env;
  const libraries = [process.env["LD_LIBRARY_PATH"], folder].filter((each) => each !== undefined).join(":");
  const driver = process.env["VK_ICD_FILENAMES"] ?? path.join(folder, "vk_swiftshader_icd.json");
  return { ...process.env, LD_LIBRARY_PATH: libraries, VK_ICD_FILENAMES: driver };
}
