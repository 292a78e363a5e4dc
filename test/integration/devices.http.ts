/** What the side of the devices reaches of a controller over HTTP: as `lastmile run` serves it. */
import { Sensitive } from "../../controller/core/sensitive.ts";
import { type Listening, openHttp } from "../../controller/observe/http.ts";
import type { Site } from "./site.ts";

export const TOKEN = "the-token-of-this-test";
const others = { metrics: async () => ({ type: "", text: "" }), healthz: () => [], readyz: async () => [] };

/** Of whichever controller runs at the moment of the question. */
export const serveDevices = (site: Pick<Site, "controller">): Promise<Listening> =>
  openHttp(
    {
      ...others,
      devices: {
        token: new Sensitive(TOKEN),
        document: (path) => site.controller.document(path),
        hint: (ref) => site.controller.hint(ref),
        failed: () => undefined,
      },
    },
    { port: 0 },
  );
