/** Exclusive rights: user names, addresses, serials. The holder wins, the newcomer is refused by name. */
import type { Claim } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Calls } from "./calls.ts";
import { StoreError } from "./errors.ts";
import { fence, type Leases } from "./leases.ts";

export type OwnedClaim = Claim & { readonly owner: OwnerKey };
export interface Held extends OwnedClaim {
  readonly holder: OwnerKey;
}
export interface Claims {
  /** Takes what is free and answers who holds the rest. Within one call the lesser owner wins. */
  claim(rows: readonly OwnedClaim[]): Promise<readonly Held[]>;
  /** After the objects behind them are gone: drops what these owners hold beyond `keep`. */
  release(rows: readonly { readonly owner: OwnerKey; readonly keep: readonly Claim[] }[]): Promise<void>;
  /** Drops the serial numbers of devices beyond `keep`: what came back from one customer serves another one tomorrow. */
  letGo(rows: readonly { readonly owner: OwnerKey; readonly keep: readonly Claim[] }[]): Promise<void>;
  /** Drops everything of owners that own nothing any more. A statement of its own after the last `forget` has committed:
   * two that run side by side would each still see the other's object. */
  free(rows: readonly { readonly owner: OwnerKey }[]): Promise<void>;
  /** Who else holds these, without taking anything. */
  heldByOthers(rows: readonly OwnedClaim[]): Promise<readonly Held[]>;
  /** All values of a kind that are taken in a scope. */
  valuesIn(kind: string, scope: string): Promise<readonly string[]>;
  /** What an owner holds. Of the user names the one that counts comes last: in service, else not used yet, else retired last. */
  claimsOf(owners: readonly OwnerKey[]): Promise<readonly StandingClaim[]>;
}
/** `service` of a user name: an account of that name is in service, or was retired; undefined: there is none. */
export type StandingClaim = OwnedClaim & { readonly service?: "live" | "retired" };

/** The account of a claimed name is the object of that key at the endpoint: `endpoint/resource/key`. */
const standing = `select c.kind, c.scope, c.value, c.owner, case when i.ref is not null then case when l.ref is null then 'live' else 'retired' end end
  from unnest($1::lastmile.name[]) o(owner)
  cross join lateral (select * from lastmile.claims c where (c.tenant, c.owner) = (split_part(o.owner, '/', 2), o.owner) offset 0) c
  left join lateral (select i.owner, i.ref from lastmile.inventory i where c.kind = 'userName' and i.owner = c.owner
    and split_part(i.ref, '/', 1) = c.scope and substr(i.ref, length(c.scope || split_part(i.ref, '/', 2)) + 3) = c.value
    offset 0) i on true
  left join lateral (select l.ref, l.retired_at from lastmile.ledger l where l.owner = i.owner and l.ref = i.ref offset 0) l on true
  order by c.owner, c.kind, i.ref is not null and l.ref is null, i.ref is null, l.retired_at, c.scope, c.value`;

/**
 * One index look-up a row: the planner would read a table whole that has just grown. Rows go in by value, so that two calls
 * never wait for each other in a circle; for one value the lesser owner is first. What stood before is looked up afterwards.
 */
const claim = `with ${fence},
rows as materialized (select * from unnest($3::lastmile.name[], $4::lastmile.name[], $5::lastmile.name[], $6::lastmile.name[])
  r(kind, scope, value, owner) where (select ok from fence)),
taken as (insert into lastmile.claims (kind, scope, value, owner) select kind, scope, value, owner from rows
  order by kind, scope, value, owner on conflict do nothing returning kind, scope, value, owner),
kept as materialized (select r.*, t.owner as holder from rows r left join taken t on (t.kind, t.scope, t.value) = (r.kind, r.scope, r.value)
  where t.owner is distinct from r.owner)
select k.kind, k.scope, k.value, k.owner, coalesce(k.holder, c.owner) from kept k left join lateral (
  select c.owner from lastmile.claims c where (c.kind, c.scope, c.value) = (k.kind, k.scope, k.value) offset 0) c on true
where coalesce(k.holder, c.owner) is distinct from k.owner`;

const others = `select r.kind, r.scope, r.value, r.owner, c.owner as holder from unnest($1::text[], $2::text[], $3::text[], $4::text[]) r(kind, scope, value, owner)
  join lastmile.claims c on (c.kind, c.scope, c.value) = (r.kind, r.scope, r.value) where c.owner <> r.owner order by r.owner, r.kind`;

/** Claims are never updated, so a row's place is a safe name for it, and the quickest. */
const drop = (condition: string): string => `with ${fence}
delete from lastmile.claims where ctid = any(array(select c.ctid from unnest($3::text[]) o(owner)
  cross join lateral (select ctid, c.* from lastmile.claims c where (c.tenant, c.owner) = (split_part(o.owner, '/', 2), o.owner) offset 0) c
  where (select ok from fence) and ${condition}))`;
const beyond = `not exists (select from unnest($4::text[], $5::text[], $6::text[], $7::text[]) k(owner, kind, scope, value)
  where (k.owner, k.kind, k.scope, k.value) = (c.owner, c.kind, c.scope, c.value))`;
const release = drop(beyond);
const letGo = drop(`c.kind in ('onuSerial', 'cpeSerial') and ${beyond}`);
const free = drop("not exists (select from lastmile.inventory i where i.owner = o.owner offset 0)");

/** A row that somebody else inserted while we looked is seen at the next look. */
const LOOKS = 5;

export function openClaims(calls: Calls, leases: Leases): Claims {
  const take = (rows: readonly OwnedClaim[]) => {
    const columns = [
      rows.map((r) => r.kind),
      rows.map((r) => r.scope),
      rows.map((r) => r.value),
      rows.map((r) => r.owner),
    ];
    return calls.rows<HeldRow>("claim", claim, [...leases.proof(rows.map((r) => r.owner)), ...columns]);
  };
  const dropBeyond = async (name: string, sql: string, rows: Parameters<Claims["release"]>[0]): Promise<void> => {
    if (rows.length === 0) return;
    const kept = rows.flatMap(({ owner, keep }) => keep.map((k) => ({ ...k, owner })));
    const columns = [
      kept.map((k) => k.owner),
      kept.map((k) => k.kind),
      kept.map((k) => k.scope),
      kept.map((k) => k.value),
    ];
    const owners = rows.map((r) => r.owner);
    await calls.query(name, sql, [...leases.proof(owners), owners, ...columns]);
  };
  return {
    async claim(rows) {
      const refused: Held[] = [];
      let open = rows;
      for (let look = 0; open.length > 0; look++) {
        if (look === LOOKS)
          throw new StoreError("Unavailable", "claim: the same values are taken and freed all the time");
        const answers = await take(open);
        refused.push(...answers.flatMap(toHeld));
        open = answers.flatMap(([kind, scope, value, owner, holder]) =>
          holder === null ? [{ kind, scope, value, owner }] : [],
        );
      }
      return refused;
    },
    release: (rows) => dropBeyond("release", release, rows),
    letGo: (rows) => dropBeyond("let go", letGo, rows),
    async free(rows) {
      if (rows.length === 0) return;
      const owners = rows.map((r) => r.owner);
      await calls.query("free", free, [...leases.proof(owners), owners]);
    },
    async heldByOthers(rows) {
      if (rows.length === 0) return [];
      return calls.query<Held & Record<string, string>>("held by others", others, [
        rows.map((r) => r.kind),
        rows.map((r) => r.scope),
        rows.map((r) => r.value),
        rows.map((r) => r.owner),
      ]);
    },
    async valuesIn(kind, scope) {
      const text = "select value from lastmile.claims where kind = $1 and scope = $2";
      return (await calls.rows<[string]>("values in", text, [kind, scope])).map(([value]) => value);
    },
    async claimsOf(owners) {
      if (owners.length === 0) return [];
      return (await calls.rows<StandingRow>("claims of", standing, [owners])).map(toStanding);
    },
  };
}

type HeldRow = [kind: string, scope: string, value: string, owner: OwnerKey, holder: OwnerKey | null];
type StandingRow = [kind: string, scope: string, value: string, owner: OwnerKey, service: "live" | "retired" | null];
const toStanding = ([kind, scope, value, owner, service]: StandingRow): StandingClaim => ({
  kind,
  scope,
  value,
  owner,
  ...(service && { service }),
});
const toHeld = ([kind, scope, value, owner, holder]: HeldRow): Held[] =>
  holder === null ? [] : [{ kind, scope, value, owner, holder }];
