/** Addresses out of a real NetBox, beside the same bulk calls alone. */
import type { ExternalSystem } from "../../controller/api/types.generated.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { address } from "../../reconcilers/netbox/addresses.ts";
import type { Http } from "../../reconcilers/netbox/client.ts";
import { list } from "../../reconcilers/netbox/list.ts";
import { FIELD } from "../../reconcilers/netbox/marker.ts";
import { signal } from "../contract/hand.ts";
import { empty, open } from "../contract/netbox.rig.ts";
import { openGate } from "../lab/gate.ts";
import { type NetBox, startNetBox } from "../netbox/server.ts";
import type { Bench } from "./part.ts";
import { type Samples, Series } from "./samples.ts";
import { declared, plan, subscribers, tenant } from "./tenant.ts";
import { openScene, writeSecret } from "./world.ts";

const ADDRESSES = "/api/ipam/ip-addresses/";
/** As the controller does it: addresses in a call, calls at a time. */
const BATCH = 100;
const PARALLEL = 2;
const ENDPOINT = "netbox-bench";
const CREDENTIALS = { namespace: "lastmile-system", name: ENDPOINT } as const;
const PREPARE_MS = 120_000;

type Body = Readonly<Record<string, unknown>>;

export async function netbox(bench: Bench): Promise<Samples> {
  const { count, runs } = bench;
  const s = new Series();
  let asked = { converge: 0, quiet: 0 };
  for (let run = 0; run < runs; run++) {
    const server = await startNetBox(); // a new one each time: to delete so many takes longer than to make them
    try {
      asked = await measure(server, bench, s);
    } finally {
      await server.stop();
    }
  }
  const measures = [
    { what: "NetBox: converge, an address each", count, seconds: s.of("converge"), floor: s.of("take"), aim: 1.3 },
    { what: "NetBox: no-op, everything read", count, seconds: s.of("scan"), floor: s.of("list") },
    { what: "NetBox: no-op, nobody wrote since", count, seconds: s.of("quiet"), floor: s.of("list") },
  ];
  const requests = (what: string, n: number, most: number) => {
    return { what: `requests to NetBox: ${what} ${count}`, value: `${n}`, aim: { says: `≤ ${most}`, met: n <= most } };
  };
  const facts = [requests("addresses for", asked.converge, count / 20), requests("no-op of", asked.quiet, 3)];
  return { measures, facts };
}

async function measure(server: NetBox, { server: databases, home, count }: Bench, s: Series) {
  const gate = await openGate(server.url);
  const raw = open(gate.url, server.token);
  await writeSecret(home, CREDENTIALS, { token: server.token });
  const scene = await openScene(databases, home);
  const requests = async (name: string, work: () => Promise<unknown>) => {
    gate.log.length = 0;
    await s.time(name, work);
    return gate.log.length;
  };
  try {
    const own = scene.ground.filter((o) => o.object.kind === "ExternalSystem");
    const bound = tenant({ netbox: [{ name: ENDPOINT }] });
    const ground = [...own, bound, system(gate.url), plan("home", "100Mbps", "Dynamic")];
    const { world } = scene;
    await world.controller.endpoints.prepare(netboxAt(gate.url), AbortSignal.timeout(PREPARE_MS));
    await empty(raw);
    await world.submit(ground, false);
    const converge = await requests("converge", () => world.submit(subscribers(count, { dynamic: true }), false));
    const made = (await list(raw, ADDRESSES, {}, signal)).filter(isCustomers);
    if (made.length !== count) throw new Error(`${made.length} addresses were made for ${count}`);
    await s.time("scan", () => world.scan());
    const quiet = await requests("quiet", () => world.scan());
    await s.time("list", () => list(raw, ADDRESSES, { fields: address.reads.join(",") }, signal));
    await take(raw, made, s);
    return { converge, quiet };
  } finally {
    raw.close();
    await scene.close();
    await gate.close();
  }
}
function netboxAt(url: string): ExternalSystem {
  const { object } = system(url);
  if (object.kind !== "ExternalSystem") throw new Error("not reached");
  return object;
}
const system = (address: string): SourceObject => {
  const limits = { concurrency: PARALLEL, requestsPerSecond: 200 };
  const spec = { type: "NetBox", address, credentialsRef: CREDENTIALS, limits };
  return declared({ kind: "ExternalSystem", metadata: { name: ENDPOINT }, spec });
};
const isCustomers = (item: Body): boolean => JSON.stringify(item["custom_fields"]).includes("/Subscriber/");

/** The same addresses with the same fields, into a prefix of their own, and nothing else. */
async function take(raw: Http, made: readonly Body[], s: Series): Promise<void> {
  const parent = await raw.send("POST", "/api/ipam/prefixes/", { prefix: "10.65.0.0/16" }, signal);
  const path = `/api/ipam/prefixes/${(parent.body as { id: number }).id}/available-ips/`;
  const bodies = made.map(bodyOf);
  const parts = Array.from({ length: Math.ceil(bodies.length / BATCH) }, (_, n) =>
    bodies.slice(n * BATCH, (n + 1) * BATCH),
  );
  const worker = async () => {
    for (let part = parts.shift(); part; part = parts.shift()) {
      const { code } = await raw.send("POST", path, part, signal);
      if (code !== 201) throw new Error(`NetBox answered ${code}`);
    }
  };
  await s.time("take", () => Promise.all(Array.from({ length: PARALLEL }, worker)));
}
function bodyOf(item: Body, n: number): Body {
  const { custom_fields, description, dns_name, tags, tenant } = item as Readonly<Record<string, Body>> & {
    tags: readonly { id: number }[];
  };
  const mark = { [FIELD.marker]: `floor-${Date.now()}-${n}` };
  return {
    ...{ status: "active", prefix_length: 32, description, dns_name, tenant: tenant?.["id"] ?? null },
    ...{ tags: tags.map(({ id }) => id), custom_fields: { ...custom_fields, ...mark } },
  };
}
