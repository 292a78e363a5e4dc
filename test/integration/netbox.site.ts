/** A whole installation beside a NetBox, real or not, and the hands of the people who work in it. */
import type { ExternalSystem, LastmileObject, TenantAddressPool } from "../../controller/api/types.generated.ts";
import { Fault } from "../../reconcilers/errors.ts";
import { list } from "../../reconcilers/netbox/list.ts";
import { signal } from "../contract/hand.ts";
import { empty, open } from "../contract/netbox.rig.ts";
import { type Gate, openGate } from "../lab/gate.ts";
import { radius, SYSTEM, tenant } from "./objects.ts";
import { Site } from "./site.ts";

export const NETBOX = "netbox-1";
/** Where a NetBox is. */
export interface Upstream {
  readonly url: string;
  readonly token: string;
  /** Of one who may look at everything and write nothing. */
  readonly readOnly: string;
}
type Item = Readonly<Record<string, unknown>>;
const ADDRESSES = "/api/ipam/ip-addresses/";
const at = (item: unknown, ...path: readonly string[]): unknown =>
  path.reduce((o, step) => (o as Item | null)?.[step], item);

export class NetboxSite {
  readonly site: Site;
  readonly gate: Gate;
  readonly #upstream: Upstream;
  readonly #hands;

  private constructor(site: Site, gate: Gate, upstream: Upstream) {
    this.site = site;
    this.gate = gate;
    this.#upstream = upstream;
    this.#hands = open(upstream.url, upstream.token);
  }
  static async open(upstream: Upstream): Promise<NetboxSite> {
    const [site, gate] = await Promise.all([Site.open(), openGate(upstream.url)]);
    const self = new NetboxSite(site, gate, upstream);
    await self.takeToken(upstream.token);
    await site.controller.endpoints.prepare(self.system(), AbortSignal.timeout(120_000));
    await empty(self.#hands);
    return self;
  }
  async close(): Promise<void> {
    this.#hands.close();
    await this.site.close();
    await this.gate.close();
  }

  system(): ExternalSystem {
    const credentialsRef = { namespace: SYSTEM, name: NETBOX };
    const limits = { concurrency: 2, requestsPerSecond: 10_000 };
    return {
      apiVersion: "lastmile.dev/v1alpha1",
      kind: "ExternalSystem",
      metadata: { name: NETBOX },
      spec: { type: "NetBox", mode: "Enforce", paused: false, address: this.gate.url, credentialsRef, limits },
    };
  }
  takeToken = (token: string): Promise<void> => this.site.secret(NETBOX, "token", token, SYSTEM);
  takeReadOnlyToken = (): Promise<void> => this.takeToken(this.#upstream.readOnly);
  base(pools: readonly TenantAddressPool[], ...more: readonly LastmileObject[]): readonly LastmileObject[] {
    const systems = { radius: [{ name: "radius-1" }], netbox: [{ name: NETBOX }] };
    return [tenant({ systems, addressPools: [...pools] }), radius(this.site.radius.url), this.system(), ...more];
  }

  /** Once more where the server closed an idle connection just then, as the controller would. */
  list(path: string): Promise<readonly Item[]> {
    const read = () => list(this.#hands, path, {}, signal);
    return read().catch((e: unknown) => (e instanceof Fault ? read() : Promise.reject(e)));
  }
  async write(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<void> {
    const answer = await this.#hands.send(method, path, body, signal);
    if (answer.code >= 300) throw new Error(`${answer.code}: ${JSON.stringify(answer.body)}`);
  }
  /** `value status subscriber`, of all addresses that are somebody's. */
  async addresses(): Promise<readonly string[]> {
    return lines(await this.list(ADDRESSES), "address");
  }
  async prefixes(): Promise<readonly string[]> {
    return lines(await this.list("/api/ipam/prefixes/"), "prefix");
  }
  async address(value: string): Promise<Item> {
    const found = (await this.list(ADDRESSES)).find((i) => String(i["address"]).startsWith(`${value}/`));
    if (!found) throw new Error(`NetBox has no address ${value}`);
    return found;
  }
  async edit(value: string, body: Item): Promise<void> {
    const { id } = await this.address(value);
    await this.write("PATCH", `${ADDRESSES}${id}/`, body);
  }
  /** The process dies when the n-th request has taken effect; false: there were fewer. */
  async dies(n: number, work: () => Promise<unknown>): Promise<boolean> {
    let count = 0;
    let dead: Promise<void> | undefined;
    this.gate.falls = () => {
      if (++count === n) dead = this.site.stop();
      return count >= n;
    };
    await Promise.race([work(), this.site.until(async () => dead !== undefined)]).catch(() => undefined);
    await dead;
    this.gate.falls = () => false;
    this.gate.shut = false;
    if (dead) await this.site.start();
    return dead !== undefined;
  }
  /** Of an account, the attributes that carry addresses. */
  async framed(name: string): Promise<readonly string[]> {
    const account = (await this.site.accounts()).get(`${name}@acme.example`);
    return (account?.reply ?? []).filter((r) => /^(Framed|Delegated)-I/.test(r));
  }
}

const lines = (items: readonly Item[], field: string): readonly string[] =>
  items
    .filter((i) => at(i, "custom_fields", "lastmile_subscriber"))
    .map((i) => [i[field], at(i, "status", "value"), at(i, "custom_fields", "lastmile_subscriber")].join(" "))
    .sort();
