/** Ids of what we refer to and do not own: tenants, VRFs, the prefixes that values are taken from. */
import { Fault, fault } from "../errors.ts";
import { wordsOf } from "./answers.ts";
import type { Http, Query } from "./client.ts";
import { type Item, list, textAt } from "./list.ts";

export interface Names {
  /** `own`: Lastmile's name of the tenant, under which it is made where it is missing. */
  tenant(name: string, own: string, signal: AbortSignal): Promise<number>;
  vrf(name: string, signal: AbortSignal): Promise<number>;
  /** Undefined: there is no such prefix. */
  prefix(cidr: string, vrf: string | undefined, signal: AbortSignal): Promise<number | undefined>;
  /** NetBox did not know an id: all are asked for again. */
  forget(): void;
}

export function namesOf(http: Http): Names {
  const known = new Map<string, Promise<number | undefined>>();
  /** Only what was found is kept: what is missing may come at any time. */
  const once = (key: string, ask: () => Promise<number | undefined>): Promise<number | undefined> => {
    const asked = known.get(key) ?? ask();
    known.set(key, asked);
    asked.then(
      (id) => id === undefined && known.delete(key),
      () => known.delete(key),
    );
    return asked;
  };
  const self: Names = {
    tenant: async (name, own, signal) => (await once(`tenant ${name}`, () => tenant(http, name, own, signal)))!,
    vrf: async (name, signal) => (await once(`vrf ${name}`, () => vrf(http, name, signal)))!,
    prefix: (cidr, inVrf, signal) =>
      once(`prefix ${inVrf ?? ""} ${cidr}`, async () => {
        const vrfId = inVrf === undefined ? "null" : await self.vrf(inVrf, signal);
        return prefix(http, cidr, vrfId, signal);
      }),
    forget: () => known.clear(),
  };
  return self;
}

const TENANTS = "/api/tenancy/tenants/";
async function tenant(http: Http, name: string, own: string, signal: AbortSignal): Promise<number> {
  const found = await tenantBy(http, name, signal);
  if (found) return found.id;
  if (name !== own) throw fault("Misconfigured", `NetBox has no tenant ${name}: create it, or correct systems.netbox`);
  // Where somebody else was faster NetBox says 400, and sometimes 500: either way it is there now.
  const made = await http.send("POST", TENANTS, { name, slug: name }, signal).catch(lost);
  const there = await tenantBy(http, name, signal);
  if (there) return there.id;
  throw fault("Misconfigured", `NetBox refuses tenant ${name}: ${wordsOf(made?.body)}`);
}
async function tenantBy(http: Http, name: string, signal: AbortSignal): Promise<Item | undefined> {
  const fields = "id,name,slug";
  const byName = (await list(http, TENANTS, { name, fields }, signal)).filter((t) => textAt(t, "name") === name);
  if (byName.length > 1) throw fault("Misconfigured", `NetBox has several tenants ${name}: name one by its slug`);
  if (byName[0] || !/^[-a-z0-9_]+$/.test(name)) return byName[0];
  return (await list(http, TENANTS, { slug: name, fields }, signal)).find((t) => textAt(t, "slug") === name);
}

function lost(e: unknown): undefined {
  if (!(e instanceof Fault) || e.kind !== "Unknown") throw e;
}

async function vrf(http: Http, name: string, signal: AbortSignal): Promise<number> {
  const query: Query = { name, fields: "id,name" };
  const found = (await list(http, "/api/ipam/vrfs/", query, signal)).filter((v) => textAt(v, "name") === name);
  if (found.length === 1) return found[0]!.id;
  const what = found.length === 0 ? "no" : "several";
  throw fault("Misconfigured", `NetBox has ${what} VRF ${name}: there must be one`);
}

async function prefix(http: Http, cidr: string, vrfId: number | "null", signal: AbortSignal) {
  const query: Query = { prefix: cidr, vrf_id: vrfId, fields: "id,prefix,vrf" };
  const found = await list(http, "/api/ipam/prefixes/", query, signal);
  return found.find((p) => textAt(p, "prefix") === cidr && vrfOf(p) === (vrfId === "null" ? undefined : vrfId))?.id;
}
const vrfOf = (item: Item): unknown => (item["vrf"] as { id?: unknown } | null)?.id;
