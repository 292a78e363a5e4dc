/** A controller that stays, wired as the command `run` wires it. */
import type { Controller } from "../../controller/engine/controller.ts";
import { type ServeOptions, serve } from "../../controller/engine/serve.ts";
import type { Installation } from "../../controller/main.ts";
import { watchChanges } from "../../controller/store/watch.ts";

export type StayingOptions = Pick<ServeOptions, "signal" | "source"> & Partial<Pick<ServeOptions, "on" | "every">>;

export const staying = (i: Installation, controller: Controller, o: StayingOptions): Promise<void> =>
  serve({
    on: () => undefined,
    ...o,
    controller,
    leases: i.leases,
    installation: i.settings.installation,
    watch: (changed, signal) => watchChanges(i.server.url, changed, signal),
    intake: "own",
  });
