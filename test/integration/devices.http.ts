/** What the side of the devices reaches of a controller over HTTP: as `lastmile run` serves it. */
import { Sensitive } from "../../controller/core/sensitive.ts";
import { type Listening, openHttp } from "../../controller/observe/http.ts";
import type { Site } from "./site.ts";

export const TOKEN = "the-token-of-this-test";
const others = { metrics: async () => ({ type: "", text: "" }), healthz: () => [], readyz: async () => [] };

/** Of whichever controller runs at the moment of the question. */
export const serveDevices = (site: Site, failures: unknown[] = []): Promise<Listening> =>
  openHttp(
    {
      ...others,
      devices: {
        token: new Sensitive(TOKEN),
        document: (path) => site.controller.document(path),
        hint: (ref) => site.controller.hint(ref),
        failed: (error) => void failures.push(error),
      },
    },
    { port: 0 },
  );
