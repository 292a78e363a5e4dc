/** One NetBox for the whole run. */
import type { TestProject } from "vitest/node";
import { startNetBox } from "./server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    netbox: { readonly url: string; readonly token: string; readonly readOnly: string };
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, token, readOnly, stop } = await startNetBox();
  project.provide("netbox", { url, token, readOnly });
  return stop;
}
