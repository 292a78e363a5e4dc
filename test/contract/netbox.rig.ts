/** A NetBox, real or not, with the other hands that write into it. */
import type { Desired, State } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { type Owner, ownerKey, token } from "../../controller/core/owner.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { connect, type Http } from "../../reconcilers/netbox/client.ts";
import { authorization, parseConfig } from "../../reconcilers/netbox/config.ts";
import { list } from "../../reconcilers/netbox/list.ts";
import { namesOf } from "../../reconcilers/netbox/names.ts";
import { prepare } from "../../reconcilers/netbox/prepare.ts";
import { resources } from "../../reconcilers/netbox/resources.ts";
import type { Resource } from "../../reconcilers/system.ts";
import type { Faults } from "../lab/faults.ts";
import { startBroken, ways } from "../lab/netbox/broken.ts";
import { signal } from "./hand.ts";
import { ENDPOINT, ground, planTag, owner as subscriberOwner, tenantSubject } from "./netbox.subjects.ts";
import type { Lack, MakeRig } from "./rig.ts";

export interface Site {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}
export function open(url: string, secret: string): Http {
  const credentials = { token: new Sensitive(secret) };
  return connect(
    parseConfig({ address: url, limits: { requestsPerSecond: 10_000 } }),
    authorization({ endpoint: ENDPOINT, digest: String, credentials }),
  );
}

/** Every request is a call that can be refused, lost or be the last one. */
export const guarded = (http: Http, faults: Faults): Http => ({
  get: (...args) => faults.guard("netbox.read", () => http.get(...args)),
  send: (...args) => faults.guard("netbox.write", () => http.send(...args)),
  own: http.own,
  close: () => http.close(),
});

export const named = (http: Http, name: string): Resource =>
  resources(http, ENDPOINT, namesOf(http)).find((r) => r.name === name)!;

export interface Part {
  readonly resource: string;
  /** Of its list. */
  readonly path: string;
  readonly owner?: Owner;
  readonly desired: (n: number, edited?: boolean) => Desired;
  /** The n-th object as people make it; undefined: NetBox chooses what it is, so it has no name. */
  readonly byHand?: (n: number) => Readonly<Record<string, unknown>>;
  /** Finds the n-th by the name that people use. */
  readonly found?: (n: number, item: Readonly<Record<string, unknown>>) => boolean;
  readonly spoil: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly note: Readonly<Record<string, string>>;
  /** Objects of the tenant that stand before the first one. */
  readonly before: readonly Desired[];
}

export const lacksOf = ({ byHand }: Part): readonly Lack[] => (byHand ? [] : ["names"]);

export const makeRig =
  (part: Part, start: () => Promise<Site>): MakeRig =>
  async (faults) => {
    const site = await start();
    const broken = await startBroken();
    const http = open(site.url, site.token);
    await prepare(http, signal);
    const owner = (n: number): Owner => part.owner ?? subscriberOwner(n);
    const mark = (n: number) => token(ownerKey(owner(n)), refKey(part.desired(n).ref));
    const there = async (n: number) => {
      const items = await list(http, part.path, {}, signal);
      return items.filter((i) => part.found?.(n, i) || JSON.stringify(i).includes(mark(n)));
    };
    const patch = (body: Readonly<Record<string, unknown>>) => async (n: number) => {
      for (const { id } of await there(n))
        expectCode(await http.send("PATCH", `${part.path}${id}/`, body, signal), 200);
    };
    /** Of the part's list: what stood before the first test. */
    let ground: ReadonlySet<number> | undefined;
    const [field, note] = Object.entries(part.note)[0]!;
    return {
      resource: named(guarded(http, faults), part.resource),
      calls: { read: "netbox.read", write: "netbox.write" },
      owner,
      desired: part.desired,
      broken: ways.map((what) => ({ what, resource: named(open(`${broken.url}/${what}`, site.token), part.resource) })),
      byHand: {
        make: async (n) => expectCode(await http.send("POST", part.path, part.byHand?.(n), signal), 201),
        annotate: patch(part.note),
        annotated: async (n) => (await there(n)).some((i) => i[field] === note),
        spoil: Object.fromEntries(Object.entries(part.spoil).map(([what, body]) => [what, patch(body)])),
        count: async (n) => (await there(n)).length,
      },
      secrets: [site.token],
      reset: async () => {
        if (ground) return void (await remove(http, part.path, (id) => !ground?.has(id)));
        await empty(http);
        await ensure(http, "/api/tenancy/tenants/", ACME); // otherwise the first write of all would be this
        await seed(http, part.before);
        ground = new Set((await list(http, part.path, { fields: "id" }, signal)).map((i) => i.id));
      },
      close: async () => {
        http.close();
        await Promise.all([site.close(), broken.close()]);
      },
    };
  };

const ACME = { name: "acme", slug: "acme" };
const LISTS = ["ipam/ip-addresses", "ipam/ip-ranges", "ipam/prefixes", "ipam/vlans", "ipam/vlan-groups", "extras/tags"];
export async function empty(http: Http): Promise<void> {
  for (const path of LISTS) await remove(http, `/api/${path}/`, () => true);
  await ensure(http, "/api/ipam/vrfs/", { name: "internet", enforce_unique: true });
}
async function ensure(http: Http, path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const there = (await list(http, path, {}, signal)).some((i) => i["name"] === body["name"]);
  if (!there) expectCode(await http.send("POST", path, body, signal), 201);
}
async function remove(http: Http, path: string, which: (id: number) => boolean): Promise<void> {
  const ids = (await list(http, path, { fields: "id" }, signal)).filter((i) => which(i.id)).map(({ id }) => ({ id }));
  if (ids.length > 0) expectCode(await http.send("DELETE", path, ids, signal), 204);
}
function expectCode({ code, body }: { code: number; body: unknown }, wanted: number): void {
  if (code !== wanted) throw new Error(`${code}: ${JSON.stringify(body)}`);
}

export async function seed(http: Http, wanted: readonly Desired[]): Promise<void> {
  const owner = ownerKey({ ...tenantSubject().owner, installation: "ground" }); // no part of what a test scans
  for (const d of wanted) {
    const order = { ref: d.ref, action: "create" as const, token: token(owner, refKey(d.ref)), owner, id: undefined };
    const [made] = await named(http, d.ref.resource).apply([{ ...order, patch: d.spec as State }], signal);
    if (made instanceof Error) throw made;
  }
}
/** Pools of addresses and prefixes, the plans' tags. */
export const base = (): readonly Desired[] => [
  ...ground().filter((d) => d.ref.resource !== "vlan" && d.ref.resource !== "vlan-group"),
  planTag("residential-100mbps"),
  planTag("fiber-1g"),
];
