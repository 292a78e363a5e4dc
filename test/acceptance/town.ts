/** A provider with RADIUS, a NetBox behind a door that can be shut, and a billing database; what people see in them. */
import type pg from "pg";
import { freshDatabase } from "../lab/database.ts";
import { type Gate, openGate } from "../lab/gate.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { plan, radius, system, tenant } from "./declarations.ts";
import { condition, eventually, type Provider, provider, type Status } from "./provider.ts";
import { parseYaml } from "./yaml.ts";

type Spec = Record<string, unknown>;
export type Item = Readonly<Record<string, unknown>>;

export interface Town extends Provider {
  readonly netbox: Standin;
  readonly gate: Gate;
  readonly billing: pg.Pool;
  /** Tenant, systems and plans; the tenant and NetBox changed as told. */
  readonly objects: (tenantSpec?: Spec, netboxSpec?: Spec) => readonly object[];
  readonly list: (path: string) => Promise<readonly Item[]>;
  /** By hand, as somebody who may. */
  readonly write: (method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<Item>;
  /** The addresses and prefixes that carry a subscriber, as `value status subscriber`. */
  readonly taken: () => Promise<readonly string[]>;
}

const SYSTEMS = { radius: [{ name: "radius-1" }], netbox: [{ name: "netbox-1" }], billing: [{ name: "billing-1" }] };
/** Of the address plan of domain.md. */
export const POOLS: readonly Spec[] = [
  pool("cgn", "IPv4", "100.64.0.0/20", { nasPool: "cgn-pool" }),
  pool("res-v4", "IPv4", "10.0.1.0/24", { gateway: "FirstHost", reserve: ["10.0.1.240/28"] }),
  pool("res-v6", "IPv6Address", "2001:db8::/64", { gateway: "FirstHost" }),
  pool("res-pd", "PD", "2001:db8:1::/48", { prefixLength: 56 }),
];
export function pool(name: string, use: string, prefix: string, spec: Spec = {}): Spec {
  return { name, use, prefixes: [prefix], vrf: "internet", ...spec };
}

/** `more` plans beside `basic`, which is dynamic here and billed. */
export async function town(tenantSpec: Spec = {}, more: readonly object[] = []): Promise<Town> {
  const [p, netbox, db] = await Promise.all([provider(), startStandin(), freshDatabase("template1")]);
  const gate = await openGate(netbox.url);
  const server = new URL(p.env["DATABASE_URL"] ?? "");
  for (const name of ["radius", "billing"]) {
    await p.secret(`lastmile-system/${name}/username`, decodeURIComponent(server.username));
    await p.secret(`lastmile-system/${name}/password`, decodeURIComponent(server.password));
  }
  await p.secret("lastmile-system/netbox/token", netbox.token);
  const money = new URL(db.url);
  money.username = "";
  money.password = "";
  const price = { amount: "29.90", currency: "EUR", period: "Monthly" };
  const basic = plan("basic", {
    ipv4Assignment: "Dynamic",
    pools: { ipv4: "res-v4", ipv6: "res-v6", pd: "res-pd" },
    billing: { product: "res-100", price },
  });
  const objects: Town["objects"] = (changed = {}, netboxSpec = {}) => [
    tenant({ systems: SYSTEMS, addressPools: POOLS, ...tenantSpec, ...changed }),
    radius(p.radiusUrl),
    system("netbox-1", "NetBox", gate.url, { limits: { requestsPerSecond: 500 }, ...netboxSpec }),
    system("billing-1", "Billing", money.href),
    basic,
    ...more,
  ];
  const write: Town["write"] = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${netbox.token}`, "Content-Type": "application/json" };
    const answer = await fetch(netbox.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? {} : await answer.json()) as Item;
  };
  const list: Town["list"] = async (path) => {
    const headers = { Authorization: `Bearer ${netbox.token}` };
    const answer = await fetch(`${netbox.url}${path}${path.includes("?") ? "&" : "?"}limit=1000`, { headers });
    return ((await answer.json()) as { results: Item[] }).results;
  };
  const taken = async (): Promise<readonly string[]> => {
    const all = [...(await list("/api/ipam/ip-addresses/")), ...(await list("/api/ipam/prefixes/"))];
    return all.flatMap((i) => {
      const name = at(i, "custom_fields", "lastmile_subscriber");
      return name ? [[i["address"] ?? i["prefix"], at(i, "status", "value"), name].join(" ")] : [];
    });
  };
  const end = async (): Promise<void> => {
    await p.end();
    await Promise.all([gate.close(), netbox.close(), db.drop()]);
  };
  // Whether it is done must not depend on how fast the machine is.
  const apply: Town["apply"] = (...options) => p.apply("--timeout", "200", ...options);
  const made = { ...p, apply, end, netbox, gate, billing: db.pool, objects, list, write, taken };
  await write("POST", "/api/ipam/vrfs/", { name: "internet", rd: "65000:1" });
  await p.declare("tenant.yaml", ...objects());
  const init = await p.lastmile(["init", p.folder]);
  if (init.code !== 0) throw new Error(init.text);
  return made;
}

export const at = (item: unknown, ...path: readonly string[]): unknown =>
  path.reduce((o, step) => (o as Item | null | undefined)?.[step], item);

type Statuses = Readonly<Record<string, Status>>;
/** Status of all subscribers by name, in one question. */
export async function statuses(p: Provider): Promise<Statuses> {
  const { out } = await p.lastmile(["get", "subscribers", "-o", "yaml"]);
  const { items } = parseYaml(out) as { items: { metadata: { name: string }; status: Status }[] };
  return Object.fromEntries(items.map((item) => [item.metadata.name, item.status]));
}

/** Applies until Ready of each begins like that: how long a try takes depends on the machine. */
export async function becomes(p: Provider, ready: Readonly<Record<string, string>>, timeout = 2): Promise<Statuses> {
  const tried = async (): Promise<Statuses> => {
    await p.apply("--timeout", String(timeout));
    return statuses(p);
  };
  const right = (all: Statuses): boolean =>
    Object.entries(ready).every(([name, wanted]) => {
      const status = all[name];
      return status !== undefined && condition(status, "Ready").startsWith(wanted);
    });
  return eventually(tried, right, 200);
}
