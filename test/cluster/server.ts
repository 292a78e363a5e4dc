/** Starts one real API server for all tests of a run and stops it afterwards. */
import type { TestProject } from "vitest/node";
import { type ApiServer, COLLECTING, startServer } from "./up.ts";

export type { ApiServer } from "./up.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly apiServer: ApiServer;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { server, stop } = await startServer(COLLECTING);
  project.provide("apiServer", server);
  return stop;
}
