/** The ports of ONUs on a stand-in of VOLTHA and VGC, with the other hands that reach into them. */
import { createServer } from "node:http";
import type { Observed } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import type { Outcome, Resource } from "../../reconcilers/system.ts";
import { ARRIVING_MS } from "../../reconcilers/voltha/flows.ts";
import { connectRest } from "../../reconcilers/voltha/rest.ts";
import { listen, startBroken, stop, ways } from "../lab/netbox/broken.ts";
import { signal } from "./hand.ts";
import type { MakeRig } from "./rig.ts";
import { open, SECRET, town } from "./voltha.site.ts";
import { configAt, internet, onuAndUni, owner, portOf, SETTLE_MS, serialOf, tv, voice } from "./voltha.subjects.ts";

/** As many as one call of the laws takes. */
const ONUS = 100;
const ALL = [internet, voice, tv];
const MOVED = { ...tv, serviceVlan: 556 };

export const makeRig: MakeRig = async (faults) => {
  const it = await town(ONUS, faults);
  const { lab, config } = it;
  const broken = await startBroken();
  const html = createServer((_, res) => res.end("<html></html>"));
  const elsewhere = (await listen(html)).replace("http://", "");
  const opened = [
    ...ways.map((what) => [what, configAt({ grpc: lab.grpc, controller: `${broken.url}/${what}` })] as const),
    ["no core of VOLTHA", configAt({ grpc: elsewhere, controller: lab.vgc })] as const,
    ["nobody listens", configAt({ grpc: "127.0.0.1:1", controller: lab.vgc })] as const,
  ].map(([what, at]) => ({ what, session: open(at) }));

  const raw = connectRest(config, { endpoint: "hand", digest: (text) => text, credentials: {} });
  const hand = async (method: "POST" | "DELETE", path: string, body?: object): Promise<void> => {
    const { code, text } = await raw.call(method, `/vgc/v1${path}`, body, signal);
    if (code !== 200 && code !== 202 && code !== 400) throw new Error(`${method} ${path}: ${code} ${text}`);
    await lab.settled();
  };
  const document = (port: string, s: typeof tv) => {
    const { upstreamBandwidthProfile, downstreamBandwidthProfile } = profilesOf(s.name);
    const tags = { uniTagMatch: s.uniTag, ponSTag: s.serviceVlan, ponCTag: s.innerVlan, serviceName: s.name };
    const more = { technologyProfileId: s.technologyProfileId, upstreamBandwidthProfile, downstreamBandwidthProfile };
    return { id: port, nasPortId: port, uplinkPort: "nni-16777216", uniTagList: [{ ...tags, ...more }] };
  };
  const put = async (port: string, s: typeof tv): Promise<void> => {
    await hand("POST", `/subscribers/${port}`, document(port, s));
    await hand("POST", `/services/${port}`);
  };
  const namesOn = async (port: string): Promise<readonly string[]> => {
    const lists = await raw.call("GET", `/vgc/v1/flow-status/${port}`, undefined, signal);
    return lists.text.includes("NOT_IN_CONTROLLER") ? [] : [port];
  };
  /** A port beside it, whose name begins with its name. */
  const neighbour = (n: number): string => `${serialOf(n)}-10`;

  return {
    resource: steady(it.resource("uni"), () => lab.settled()),
    calls: { read: "voltha.read", write: "voltha.write" },
    owner,
    desired: (n, edited) =>
      edited
        ? onuAndUni(n, { services: [internet, voice, MOVED] }).uni
        : onuAndUni(n, { services: ALL, state: "Suspended" }).uni,
    broken: opened.map(({ what, session }) => ({ what, resource: session.resource("uni") })),
    byHand: {
      make: (n) => put(portOf(n), { ...internet, serviceVlan: 999 }),
      annotate: (n) => put(neighbour(n), { ...tv, technologyProfileId: 70 }),
      annotated: async (n) => (await namesOn(neighbour(n))).length === 1,
      spoil: {
        "another S-tag": async (n) => {
          await hand("DELETE", `/services/${portOf(n)}`);
          await hand("DELETE", `/subscribers/_${portOf(n)}-4096-`, {});
          await put(portOf(n), { ...internet, innerVlan: 1000 + n, serviceVlan: 999 });
        },
        "a service gone": async (n) => {
          await hand("DELETE", `/services/${portOf(n)}/444/444/65`);
          await hand("DELETE", `/subscribers/_${portOf(n)}-65-444-444-65`, {});
        },
        "a service more": (n) => put(portOf(n), { ...internet, technologyProfileId: 71, serviceVlan: 998 }),
        "all services put to sleep": (n) => hand("DELETE", `/services/${portOf(n)}`),
        "all services gone": async (n) => {
          await hand("DELETE", `/services/${portOf(n)}`);
          await hand("DELETE", `/subscribers/_${portOf(n)}-`, {});
        },
        "flows gone from the ONU, and VGC says that all is well": async () => {
          lab.removeFlowsOnDisable(false);
          await lab.oltCycle("BBSIM_OLT_0");
          lab.removeFlowsOnDisable(true);
          await it.site.plant();
          it.wait(ARRIVING_MS);
        },
      },
      count: async (n) => (await namesOn(portOf(n))).length,
    },
    secrets: [SECRET],
    reset: async () => {
      await hand("DELETE", "/subscribers/ALCL", {}); // a part of a name hits all that contain it
      await it.site.plant();
      it.wait(SETTLE_MS); // what was refused to the law before is an outage to whoever waits so long
    },
    close: async () => {
      it.close();
      raw.close();
      for (const { session } of opened) session.close();
      await Promise.all([lab.close(), broken.close(), stop(html)]);
    },
  };
};

const uni = onuAndUni(1, { services: ALL }).uni;
/** Of a service of the plan. */
function profilesOf(name: string) {
  const lines = uni.spec["services"] as readonly string[];
  const [, up = "", down = ""] = / up=(\S+) down=(\S+)/.exec(lines.find((l) => l.startsWith(`${name} `)) ?? "") ?? [];
  return { upstreamBandwidthProfile: up, downstreamBandwidthProfile: down };
}

/**
 * Reads when nothing is on its way, by the id that an effect without a Fault has given it, as the inventory does, and leaves out
 * what is for people: facts are never compared.
 */
function steady(resource: Resource, settled: () => Promise<void>): Resource {
  const bare = ({ facts: _, ...rest }: Observed): Observed => rest;
  const ids = new Map<string, string>();
  const remembered = (key: string, outcome: Outcome): Outcome => {
    if (outcome === null) ids.delete(key);
    if (outcome === null || outcome instanceof Error) return outcome;
    ids.set(key, outcome.id);
    return bare(outcome);
  };
  return {
    ...resource,
    async observe(lookups, s) {
      await settled();
      const known = lookups.map((l) => ({ ...l, id: ids.get(l.ref.key) }));
      return new Map([...(await resource.observe(known, s)).values()].map((o) => [refKey(o.ref), bare(o)]));
    },
    apply: async (orders, s) => (await resource.apply(orders, s)).map((o, n) => remembered(orders[n]!.ref.key, o)),
  };
}
