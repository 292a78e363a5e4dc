/** A controller as a process of its own, to be killed and stopped by tests: its settings come as JSON in `SITE`. */
import { openInstallation, type Settings } from "../../controller/main.ts";
import { staying } from "./staying.ts";

const settings = JSON.parse(process.env["SITE"] ?? "{}") as Settings;
const installation = await openInstallation(settings);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
await staying(installation, installation.controller({ onError: () => "retry" }), {
  source: undefined,
  signal: stop.signal,
});
await installation.close();
