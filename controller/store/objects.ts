/** The last good declaration of every object, whichever source it came from, and word of every change. */
import type { Calls, Param } from "./calls.ts";
import { openRefusals, type Refusals } from "./refusals.ts";
import type { Json } from "./status.ts";

/** `kind/namespace/name`; `-` for the namespace of cluster-scoped kinds. */
export type ObjectKey = string;
/** Where a declaration stands, for messages and audit. */
export interface Origin {
  readonly file?: string;
  readonly line?: number;
  readonly revision?: string;
  readonly author?: string;
}
export interface DeclaredObject {
  readonly key: ObjectKey;
  readonly tenant: string;
  readonly sourceId: string;
  readonly object: Json;
  readonly origin: Origin;
  /** As the source counts it. */
  readonly sourceGeneration?: number;
}
export interface StoredObject extends DeclaredObject {
  /** SHA-256 of the object, whatever the order of its fields. */
  readonly digest: string;
  /** The source's own; else grows with every change of the digest, when the object goes, and when it comes back. */
  readonly generation: number;
  /** Epoch milliseconds; undefined: declared. */
  readonly deletedAt: number | undefined;
  /** Of the last change; grows from call to call. */
  readonly seq: number;
}
/** Whose an object is. */
export type Head = Pick<DeclaredObject, "key" | "tenant" | "sourceId">;
export interface Filter {
  readonly tenant?: string;
  readonly sourceId?: string;
  readonly kind?: string;
  readonly keys?: readonly ObjectKey[];
  /** Also what is no longer declared. */
  readonly deleted?: boolean;
}
/** What is kept of an object that is declared no longer. */
export interface Archived {
  /** As it was seen last while it was declared; null: nobody looked, or it is erased. */
  readonly status: Json;
  /** Epoch milliseconds. */
  readonly erasedAt: number | undefined;
}
export interface Objects extends Refusals {
  /**
   * Answers the keys whose content is new, different or back. A moved line or a new revision alone is no change. However
   * many there are, whoever follows sees all of them or none: what they cost is counted as one set.
   */
  put(rows: readonly DeclaredObject[]): Promise<readonly ObjectKey[]>;
  /** Another content of what is declared or deleted, and stays so. */
  revise(rows: readonly DeclaredObject[]): Promise<void>;
  /** Marks as deleted; answers those that were declared. `by`: the revision that does not declare them any more. */
  remove(
    keys: readonly ObjectKey[],
    at: number,
    by?: Pick<Origin, "revision" | "author">,
  ): Promise<readonly ObjectKey[]>;
  /** Puts these before whoever follows once more, though nothing in them changed: somebody asks for a look. */
  again(keys: readonly ObjectKey[]): Promise<void>;
  /** In pages, ordered by key. */
  load(filter?: Filter): AsyncIterable<readonly StoredObject[]>;
  /** Of those that are declared no longer. */
  archived(keys: readonly ObjectKey[]): Promise<ReadonlyMap<ObjectKey, Archived>>;
  /** The same without the declarations. */
  heads(filter?: Filter): AsyncIterable<readonly Head[]>;
  /** Every change after `seq`, deletions included, in the order of the changes; nothing is ever missed or comes late. */
  since(seq: number): AsyncIterable<readonly StoredObject[]>;
  head(): Promise<number>;
  /** A source, other than this one, that declares anything of one of these tenants. */
  otherSource(
    tenants: readonly string[],
    sourceId: string,
  ): Promise<{ readonly tenant: string; readonly sourceId: string } | undefined>;
  /** Source and number of declared objects of each tenant. */
  sources(): Promise<readonly { readonly tenant: string; readonly sourceId: string; readonly objects: number }[]>;
}

export const CHANGED = "lastmile_changed";
const PAGE = 1000;

/** `turn` is held until we commit, so the next number is given out only when ours can be seen. */
const turn = "turn as (update lastmile.head set seq = seq + 1 returning seq)";
/** Carries no data: whoever listens asks `since`. */
const notify = (rows: string): string =>
  `told as materialized (select pg_notify('${CHANGED}', '') from ${rows} limit 1)`;
/** Also where only the generation moved: the status has to name it. */
const differs =
  "((o.digest, o.source_generation) is distinct from (excluded.digest, excluded.source_generation) or o.deleted_at is not null)";
const put = `with ${turn},
rows as (select * from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), jsonb_array_elements($4::jsonb), jsonb_array_elements($5::jsonb),
    unnest($6::bigint[])) r(key, tenant, source_id, object, origin, counted)),
written as (insert into lastmile.objects as o (key, tenant, source_id, object, digest, generation, source_generation, origin, seq)
  select key, tenant, source_id, object, encode(sha256(convert_to(object::text, 'UTF8')), 'hex'), 1, counted, origin, (select seq from turn) from rows
  on conflict (key) do update set tenant = excluded.tenant, source_id = excluded.source_id, object = excluded.object, digest = excluded.digest,
    origin = excluded.origin, deleted_at = null, archived = null, erase_at = null, erased_at = null, source_generation = excluded.source_generation,
    generation = o.generation + (o.digest <> excluded.digest or o.deleted_at is not null)::int,
    seq = case when ${differs} then excluded.seq else o.seq end
  where ${differs} or (o.source_id, o.tenant, o.origin) is distinct from (excluded.source_id, excluded.tenant, excluded.origin)
  returning key, seq),
changed as materialized (select key from written where seq = (select seq from turn)),
${notify("changed")}
select key from changed left join told on true`;
const revise = `with ${turn},
revised as (update lastmile.objects o set object = r.object, digest = encode(sha256(convert_to(r.object::text, 'UTF8')), 'hex'),
    source_generation = r.counted, seq = (select seq from turn)
  from rows from (unnest($1::text[]), jsonb_array_elements($2::jsonb), unnest($3::bigint[])) r(key, object, counted)
  where o.key = r.key and (o.object, o.source_generation) is distinct from (r.object, r.counted) returning o.key),
${notify("revised")}
select count(*) from revised left join told on true`;
const remove = `with ${turn},
removed as (update lastmile.objects o set deleted_at = to_timestamp($2 / 1000.0), seq = (select seq from turn),
    generation = generation + 1, origin = origin - 'revision' - 'author' || $3::jsonb, archived = (select s.status::jsonb
      from lastmile.installation i join lastmile.status s on s.owner = i.name || '/' || o.tenant || '/' || o.key)
  where key = any($1::text[]) and deleted_at is null returning key),
${notify("removed")}
select key from removed left join told on true`;
const archived = `select key, archived as status, (extract(epoch from erased_at) * 1000)::float8 as "erasedAt"
  from lastmile.objects where key = any($1::text[]) and deleted_at is not null`;
const again = `with ${turn},
raised as (update lastmile.objects set seq = (select seq from turn) where key = any($1::text[]) and deleted_at is null returning key),
${notify("raised")}
select count(*) from raised left join told on true`;
const head = `key, tenant, source_id as "sourceId"`;
const whole = `${head}, object, digest, coalesce(source_generation, generation)::float8 as generation, origin,
  (extract(epoch from deleted_at) * 1000)::float8 as "deletedAt", seq::float8`;
/** Only the conditions that were given: with one that may be absent no index is used. $1: the last key of the page before. */
function loading(f: Filter, columns: string): { readonly text: string; readonly values: readonly Param[] } {
  const values: Param[] = [];
  const given = (text: (n: string) => string, value: Param | undefined): string =>
    value === undefined ? "" : text(`$${values.push(value) + 1}`);
  const where = [
    given((n) => ` and tenant = ${n}`, f.tenant),
    given((n) => ` and source_id = ${n}`, f.sourceId),
    given((n) => ` and split_part(key, '/', 1) = ${n}`, f.kind),
    f.deleted ? "" : " and deleted_at is null",
  ];
  const named = (n: string) =>
    `unnest(${n}::text[]) k(named) cross join lateral (select * from lastmile.objects where key = named offset 0) o`;
  const from = given(named, f.keys) || "lastmile.objects";
  return { text: `select ${columns} from ${from} where key > $1${where.join("")} order by key limit ${PAGE}`, values };
}
const since = `select ${whole} from lastmile.objects where (seq, key) > ($1, $2) order by seq, key limit ${PAGE}`;

/** Two index look-ups a tenant, however much it declares. */
const otherSource = `select tenant, o.source_id as "sourceId" from unnest($1::text[]) t(tenant) cross join lateral (
  select source_id from ((select source_id from lastmile.objects where tenant = t.tenant and deleted_at is null and source_id < $2 limit 1)
  union all (select source_id from lastmile.objects where tenant = t.tenant and deleted_at is null and source_id > $2 limit 1)) o limit 1) o
order by tenant limit 1`;

export function openObjects(calls: Calls): Objects {
  const page = async (
    name: string,
    text: string,
    values: Parameters<Calls["query"]>[2],
  ): Promise<readonly StoredObject[]> =>
    (await calls.query<StoredObject & { deletedAt: number | null }>(name, text, values)).map((r) => ({
      ...r,
      deletedAt: r.deletedAt ?? undefined,
    }));
  return {
    ...openRefusals(calls),
    async put(given) {
      const rows = [...new Map(given.map((r) => [r.key, r])).values()];
      if (rows.length === 0) return [];
      if (rows.length <= PAGE)
        return (await calls.rows<[ObjectKey]>("put objects", put, columnsOf(rows))).map(([key]) => key);
      return calls.transaction("put objects", async (run) => {
        const changed: ObjectKey[] = [];
        for (let at = 0; at < rows.length; at += PAGE) {
          const found = await run<{ key: ObjectKey }>(put, columnsOf(rows.slice(at, at + PAGE)));
          for (const { key } of found) changed.push(key);
        }
        return changed;
      });
    },
    async revise(rows) {
      if (rows.length === 0) return;
      const objects = JSON.stringify(rows.map((r) => r.object));
      await calls.query("revise objects", revise, [
        rows.map((r) => r.key),
        objects,
        rows.map((r) => r.sourceGeneration ?? null),
      ]);
    },
    async remove(keys, at, by = {}) {
      if (keys.length === 0) return [];
      return (await calls.rows<[ObjectKey]>("remove objects", remove, [keys, at, JSON.stringify(by)])).map(
        ([key]) => key,
      );
    },
    async again(keys) {
      if (keys.length > 0) await calls.query("look again", again, [keys]);
    },
    load(filter = {}) {
      const { text, values } = loading(filter, whole);
      return pages<StoredObject>((last) => page("load objects", text, [last?.key ?? "", ...values]));
    },
    async archived(keys) {
      const rows = await calls.query<{ key: string; status: Json; erasedAt: number | null }>("archived", archived, [
        keys,
      ]);
      return new Map(rows.map(({ key, status, erasedAt }) => [key, { status, erasedAt: erasedAt ?? undefined }]));
    },
    heads(filter = {}) {
      const { text, values } = loading(filter, head);
      return pages<Head>((last) =>
        calls.query<Head & Record<string, string>>("heads", text, [last?.key ?? "", ...values]),
      );
    },
    since: (seq) =>
      pages<StoredObject>((last) => page("objects since", since, last ? [last.seq, last.key] : [seq, LAST_KEY])),
    async head() {
      const [row] = await calls.rows<[number]>("head", "select seq::float8 from lastmile.head");
      return row?.[0] ?? 0;
    },
    async otherSource(tenants, sourceId) {
      const [found] = await calls.query<{ tenant: string; sourceId: string }>("other source", otherSource, [
        tenants,
        sourceId,
      ]);
      return found;
    },
    sources: () =>
      calls.query(
        "sources",
        `select tenant, source_id as "sourceId", count(*)::int as objects from lastmile.objects where deleted_at is null group by 1, 2 order by 1, 2`,
      ),
  };
}

const columnsOf = (rows: readonly DeclaredObject[]): Param[] => [
  rows.map((r) => r.key),
  rows.map((r) => r.tenant),
  rows.map((r) => r.sourceId),
  JSON.stringify(rows.map((r) => r.object)),
  JSON.stringify(rows.map((r) => r.origin)),
  rows.map((r) => r.sourceGeneration ?? null),
];

/** After every key: what has the number asked for is already known. */
const LAST_KEY = "\u{10FFFF}";

async function* pages<T>(read: (last: T | undefined) => Promise<readonly T[]>) {
  let last: T | undefined;
  for (;;) {
    const rows = await read(last);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}
