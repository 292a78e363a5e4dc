/** Networks that must not overlap: pools of tenants, prefixes of subscribers, addresses in the pools of others. */
import { namespaceOf } from "../core/catalog.ts";
import type { Claim } from "../core/model.ts";
import { addressValue, type Prefix, parsePrefix, within } from "../core/resolve/address.ts";
import { networksOf, poolsOf } from "../core/resolve/pools.ts";
import { type Declared, type Finding, isForeign, nameOf, subscribers, type World, whereIs } from "./cross-world.ts";
import { compare } from "./load-problem.ts";
import type { Subscriber, Tenant } from "./types.generated.ts";

interface Network {
  readonly of: Declared;
  readonly prefix: Prefix;
  readonly path: string;
  readonly what: string;
}

/** Sorted by start, the widest first: whatever overlaps a network follows it closely. */
const byStart = (a: Network, b: Network): number =>
  a.prefix.family - b.prefix.family ||
  (a.prefix.first < b.prefix.first ? -1 : a.prefix.first > b.prefix.first ? 1 : a.prefix.length - b.prefix.length);

/** Prefixes nest or are apart, so a stack of the open ones finds every pair in one pass. */
function* nested(networks: readonly Network[]): Generator<readonly [Network, Network]> {
  const open: Network[] = [];
  for (const network of [...networks].sort(byStart)) {
    while (open.length > 0 && !within(open.at(-1)!.prefix, network.prefix)) open.pop();
    for (const outer of open) yield [outer, network];
    open.push(network);
  }
}

function* apart(
  networks: readonly Network[],
  same: (a: Network, b: Network) => boolean,
  remedy: string,
): Generator<Finding> {
  for (const pair of nested(networks)) {
    if (same(...pair)) continue;
    const [holder, newcomer] = pair.toSorted((a, b) => compare(nameOf(a.of.object), nameOf(b.of.object)));
    if (!holder || !newcomer) continue;
    const message = `${newcomer.what} overlaps ${holder.what} of ${whereIs(holder.of, holder.path)}`;
    const foreign = isForeign(newcomer.of, holder.of) && { toTenant: `${newcomer.what} overlaps another tenant's` };
    yield { of: newcomer.of, path: newcomer.path, message, remedy, ...foreign };
  }
}

const grouped = <T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] => [
  ...Map.groupBy(items, key).values(),
];

/** No pool overlaps another of its VRF; a fallback overlaps nothing anywhere, because it is used without NetBox. */
export function* pools({ declared }: World): Generator<Finding> {
  const tenants = declared.flatMap((of) => (of.object.kind === "Tenant" ? [{ of, tenant: of.object }] : []));
  const all = tenants.flatMap(({ of, tenant }) => networksOf(tenant).map((n) => ({ of, ...n })));
  const remedy = "give each pool networks of its own";
  for (const group of grouped(all, (n) => n.vrf)) yield* apart(group, () => false, remedy);
  const fallbacks = tenants.flatMap(({ of, tenant }) => fallbackNetworks(of, tenant));
  const seen = new Set(fallbacks);
  yield* apart([...all, ...fallbacks], (a, b) => !seen.has(a as VrfNetwork) && !seen.has(b as VrfNetwork), remedy);
}
type VrfNetwork = Network & { readonly vrf: string };
const fallbackNetworks = (of: Declared, tenant: Tenant): readonly VrfNetwork[] =>
  tenant.spec.addressPools.flatMap(({ name, fallback, vrf }, i) => {
    const prefix = fallback === undefined ? undefined : parsePrefix(fallback);
    return prefix
      ? [{ of, prefix, vrf, path: `spec.addressPools[${i}].fallback`, what: `fallback ${prefix.text} of pool ${name}` }]
      : [];
  });

interface Held extends Network {
  readonly vrf: string;
}
/** Static addresses and prefixes of all subscribers. Equal ones are found as duplicates. */
const heldBy = ({ declared, claimsOf }: World): readonly Held[] =>
  subscribers(declared).flatMap(({ of, object }) => claimsOf(object).flatMap((claim) => held(of, object, claim)));

function held(of: Declared, { spec }: Subscriber, { kind, scope, value }: Claim): readonly Held[] {
  if (kind !== "ipv4" && kind !== "ipv6" && kind !== "prefix") return [];
  const prefix = kind === "prefix" ? parsePrefix(value) : single(value);
  const by = (["networkProfile", "networkProfileRef"] as const).find((field) => spec[field] !== undefined);
  return prefix ? [{ of, prefix, vrf: scope, path: by ? `spec.${by}` : "spec", what: value }] : [];
}
const single = (address: string): Prefix | undefined =>
  parsePrefix(`${address}/${addressValue(address)?.family === 4 ? 32 : 128}`);

/** No subscriber's address or prefix lies in the prefix of another. */
export function* prefixes(world: World): Generator<Finding> {
  const remedy = "choose a free address or prefix";
  const same = (a: Network, b: Network): boolean => a.of === b.of || a.prefix.text === b.prefix.text;
  for (const group of grouped(heldBy(world), (n) => n.vrf)) yield* apart(group, same, remedy);
}

/** A static address never lies in the pool of another tenant in any VRF that the holder shares by default. */
export function* addressesOfOthers(world: World): Generator<Finding> {
  const tenants = world.catalog.tenants();
  if (tenants.length < 2) return;
  for (const held of heldBy(world)) {
    const own = world.catalog.tenant(namespaceOf(held.of.object));
    for (const other of tenants) {
      if (other === own) continue;
      const pool = poolsOf(other).find(
        (p) => p.declared.vrf === held.vrf && p.prefixes.some((x) => within(x, held.prefix)),
      );
      if (!pool) continue;
      const message = `${held.what} lies in pool ${pool.declared.name} of tenant ${other.metadata.name}`;
      const toTenant = `${held.what} lies in a pool of another tenant`;
      yield {
        of: held.of,
        path: held.path,
        message,
        toTenant,
        remedy: "choose an address of the tenant's own networks",
      };
    }
  }
}
