/** What people and the floor do with a field: single requests over the same wires, as many at a time as the controller. */
import type { ExternalSystem } from "../../controller/api/types.generated.ts";
import { connect, type Http } from "../../reconcilers/genieacs/client.ts";
import { parseConfig as parseAcs } from "../../reconcilers/genieacs/config.ts";
import { PROJECTION } from "../../reconcilers/genieacs/find.ts";
import { pages } from "../../reconcilers/genieacs/list.ts";
import { parseConfig as parseVoltha } from "../../reconcilers/voltha/config.ts";
import type { Port } from "../../reconcilers/voltha/controller.ts";
import { connectCore } from "../../reconcilers/voltha/core.ts";
import { connectRest, type Method, type Rest } from "../../reconcilers/voltha/rest.ts";
import { ANY_TAG, type Service } from "../../reconcilers/voltha/service.ts";
import { vgc } from "../../reconcilers/voltha/vgc.ts";
import { signal } from "../contract/hand.ts";
import type { Telling } from "./field.ts";
import { onuSerialOf } from "./tenant.ts";

export interface Hand {
  /** All routers with these values, all devices of rw_core, all services of VGC. */
  list(paths: readonly string[]): Promise<void>;
  /** One task for each router; one slot is kept for small edits. */
  tell(all: readonly Telling[]): Promise<void>;
  /** Subscriber and service of each ONU, by number. */
  serve(numbers: readonly number[]): Promise<void>;
  /** Takes their services away. */
  cutOff(numbers: readonly number[]): Promise<void>;
  /** OLT and bandwidth profile, which have to be there before the first ONU is served. */
  lay(): Promise<void>;
  close(): void;
}
export interface Systems {
  readonly acs: ExternalSystem["spec"];
  readonly voltha: ExternalSystem["spec"];
}
const PROFILE = { id: "floor", cir: 100_000, cbs: 10_000, pir: 100_000, pbs: 10_000, eir: 0, ebs: 0, air: 0, gir: 0 };
const SERVICE: Service = {
  ...{ name: "internet", sTag: 100, cTag: ANY_TAG, uniTag: 4096, technologyProfileId: 64, pbit: 0 },
  ...{ up: PROFILE.id, down: PROFILE.id },
};
const LINE = { circuitId: "", remoteId: "" };

export function handOf(systems: Systems): Hand {
  const [acs, voltha] = [parseAcs(systems.acs), parseVoltha(systems.voltha)];
  const nbi = connect(acs, undefined);
  const core = connectCore(voltha.address);
  const rest = connectRest(voltha, { endpoint: "hand", digest: (text) => text, credentials: {} });
  const controller = vgc(rest, signal);
  const olt = voltha.olts[0]!;
  const port = (n: number): Port => ({ name: `${onuSerialOf(n)}-1`, olt, device: "", number: undefined });
  return {
    async list(paths) {
      await Promise.all([routers(nbi, paths), core.devices(signal), call(rest, "GET", "/programmed-subscribers")]);
    },
    tell: (all) =>
      side(acs.slots - 1, all, async ({ path, body }) => {
        const { code, reason } = await nbi.send("POST", path, body, signal);
        if (code !== 200) throw new Error(`a router was told nothing: ${code} ${reason}`);
      }),
    serve: (numbers) =>
      side(voltha.slots, numbers.map(port), async (p) => {
        await controller.add(p, SERVICE, LINE, signal);
        await controller.activate(p, SERVICE, signal);
      }),
    cutOff: (numbers) =>
      side(voltha.slots, numbers.map(port), async ({ name }) => {
        await call(rest, "DELETE", `/services/${name}`);
        await call(rest, "DELETE", `/subscribers/_${name}-`, {});
      }),
    async lay() {
      await controller.register(olt, signal);
      await controller.addProfile(PROFILE, signal);
      await core.createOlt(olt.address, signal);
      const [root] = await core.devices(signal);
      if (!root) throw new Error("rw_core took the OLT and does not list it");
      await core.enable(root.id, signal);
    },
    close() {
      nbi.close();
      core.close();
      rest.close();
    },
  };
}

async function routers(nbi: Http, paths: readonly string[]): Promise<void> {
  for await (const _ of pages(nbi, "devices", {}, [...PROJECTION, ...paths], signal));
}
async function call(rest: Rest, method: Method, path: string, body?: object): Promise<void> {
  const { code, text } = await rest.call(method, `/vgc/v1${path}`, body, signal);
  if (code !== 200 && code !== 202) throw new Error(`VGC answered ${method} ${path} with ${code}: ${text}`);
}
async function side<T>(slots: number, all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const open = all.values();
  const worker = async (): Promise<void> => {
    for (const one of open) await work(one);
  };
  await Promise.all(Array.from({ length: slots }, worker));
}
