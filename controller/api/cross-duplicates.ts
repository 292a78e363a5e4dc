/** What only one may have. Who stands keeps it, of several new ones the lesser name; the others are refused, and both named. */
import { keyOfObject, namespaceOf } from "../core/catalog.ts";
import type { Claim } from "../core/model.ts";
import { type Declared, type Finding, isForeign, nameOf, type World, whereIs } from "./cross-world.ts";
import { compare } from "./load-problem.ts";
import type { Subscriber } from "./types.generated.ts";

interface Holding {
  readonly of: Declared;
  /** What is held, unique text; `what` is how people call it. */
  readonly value: string;
  readonly what: string;
  readonly path: string;
  readonly remedy: string;
}

type Holdings = (of: Declared) => readonly Holding[];

function* onlyOne(world: World, holdingsOf: Holdings): Generator<Finding> {
  const first = new Map<string, Holding>();
  const contested = new Map<string, Holding[]>();
  for (const h of world.declared.flatMap(holdingsOf)) {
    const holder = first.get(h.value);
    if (!holder) first.set(h.value, h);
    else if (holder.of !== h.of) contested.set(h.value, [...(contested.get(h.value) ?? [holder]), h]);
  }
  for (const all of contested.values()) yield* contest(all, (h) => had(h, world, holdingsOf));
}
function had({ of, value }: Holding, { accepted }: World, holdingsOf: Holdings): boolean {
  const object = accepted(keyOfObject(of.object));
  return object !== undefined && holdingsOf({ ...of, object }).some((before) => before.value === value);
}

function* contest(all: readonly Holding[], isHolder: (h: Holding) => boolean): Generator<Finding> {
  const [holder, ...others] = all.toSorted(
    (a, b) => Number(isHolder(b)) - Number(isHolder(a)) || compare(nameOf(a.of.object), nameOf(b.of.object)),
  );
  for (const { of, path, what, remedy } of others)
    if (holder && of !== holder.of)
      yield {
        ...{ of, path, message: `${what} is held by ${whereIs(holder.of, holder.path)}`, remedy },
        ...(isForeign(of, holder.of) && { toTenant: `${what} is held by another tenant` }),
      };
}

/** A namespace belongs to one tenant. */
export function* namespaces(world: World): Generator<Finding> {
  yield* onlyOne(world, (of) => {
    if (of.object.kind !== "Tenant") return [];
    const { namespace } = of.object.spec;
    return [
      {
        of,
        value: namespace,
        what: `namespace ${namespace}`,
        path: "spec.namespace",
        remedy: "give each tenant a namespace of its own",
      },
    ];
  });
}

/** RADIUS knows accounts by user name only, so a realm belongs to one tenant. */
export function* realms(world: World): Generator<Finding> {
  yield* onlyOne(world, (of) =>
    of.object.kind !== "Tenant"
      ? []
      : of.object.spec.realms.map((realm, i) => ({
          of,
          value: realm,
          what: `realm ${realm}`,
          path: `spec.realms[${i}]`,
          remedy: "give each tenant realms of its own",
        })),
  );
}

/** An alias means one plan of the namespace. A name counts as well: it is found first. */
export function* aliases(world: World): Generator<Finding> {
  yield* onlyOne(world, (of) => {
    const { object } = of;
    if (object.kind !== "ServicePlan") return [];
    const names = [{ name: object.metadata.name, path: "metadata.name" }];
    const also = object.spec.aliases.map((name, i) => ({ name, path: `spec.aliases[${i}]` }));
    return [...names, ...also].map(({ name, path }) => ({
      of,
      value: `${namespaceOf(object)}/${name}`,
      what: `the plan name ${name}`,
      path,
      remedy: "remove the alias from one of the plans",
    }));
  });
}

/** A profile serves one subscriber; one that has ended needs none. */
export function* profiles(world: World): Generator<Finding> {
  yield* onlyOne(world, (of) => {
    const { object } = of;
    const name = object.kind === "Subscriber" ? object.spec.networkProfileRef?.name : undefined;
    if (object.kind !== "Subscriber" || name === undefined || object.spec.serviceState === "Terminated") return [];
    return [
      {
        of,
        value: `${namespaceOf(object)}/${name}`,
        what: `NetworkProfile ${name}`,
        path: "spec.networkProfileRef.name",
        remedy: "declare a profile of its own for each subscriber",
      },
    ];
  });
}

/** Where a claim comes from, for people. */
const ORIGIN: Readonly<Record<string, { readonly field: string; readonly what: string; readonly remedy: string }>> = {
  subscriberNumber: { field: "subscriberNumber", what: "subscriber number", remedy: "give it a number of its own" },
  userName: { field: "radius.username", what: "user name", remedy: "" },
  ipv4: { field: "staticIPv4", what: "IPv4 address", remedy: "choose a free address" },
  ipv6: { field: "staticIPv6", what: "IPv6 address", remedy: "choose a free address" },
  prefix: { field: "", what: "prefix", remedy: "choose a free prefix" },
  vlan: { field: "serviceVlan", what: "VLAN pair (outer.inner)", remedy: "choose a free inner VLAN" },
  onuSerial: { field: "onu.serial", what: "ONU serial", remedy: "correct the serial of the wrong one" },
  cpeSerial: { field: "cpe.serial", what: "CPE serial", remedy: "correct the serial of the wrong one" },
};

/** The same exclusive claims that the store grants, found before anything is written. */
export function* claims(world: World): Generator<Finding> {
  yield* onlyOne(world, (of) => {
    const { object } = of;
    return object.kind === "Subscriber" ? world.claimsOf(object).map((claim) => holding(of, object, claim)) : [];
  });
}

function holding(of: Declared, object: Subscriber, { kind, scope, value }: Claim): Holding {
  const origin = ORIGIN[kind];
  const remedy =
    kind === "userName" ? `set radius.username, for example ${proposal(object, value)}` : (origin?.remedy ?? "");
  return {
    of,
    value: `${kind} ${scope} ${value}`,
    what: `${origin?.what ?? kind} ${value}`,
    path: pathOf(object, kind, origin?.field ?? ""),
    remedy,
  };
}
/** On a collision a name is proposed, never taken silently. */
const proposal = (object: Subscriber, userName: string): string =>
  `${object.spec.subscriberNumber.toLowerCase()}@${userName.split("@").at(-1)}`;

function pathOf({ spec }: Subscriber, kind: string, field: string): string {
  if (kind === "ipv4" && spec.networkProfile?.staticIPv4 === undefined && spec.ipv4Address !== undefined)
    return "spec.ipv4Address";
  if (!["ipv4", "ipv6", "prefix", "vlan"].includes(kind)) return `spec.${field}`;
  if (spec.networkProfile) return `spec.networkProfile.${field}`;
  return spec.networkProfileRef ? "spec.networkProfileRef" : "spec";
}
