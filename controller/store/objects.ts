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
}
export interface StoredObject extends DeclaredObject {
  /** SHA-256 of the object, whatever the order of its fields. */
  readonly digest: string;
  /** Grows with every change of the digest, and when the object comes back. */
  readonly generation: number;
  /** Epoch milliseconds; undefined: declared. */
  readonly deletedAt: number | undefined;
  /** Of the last change; grows from call to call. */
  readonly seq: number;
}
export interface Filter {
  readonly tenant?: string;
  readonly sourceId?: string;
  readonly kind?: string;
  readonly keys?: readonly ObjectKey[];
  /** Also what is no longer declared. */
  readonly deleted?: boolean;
}
export interface Objects extends Refusals {
  /**
   * Answers the keys whose content is new, different or back. A moved line or a new revision alone is no change. However
   * many there are, whoever follows sees all of them or none: what they cost is counted as one set.
   */
  put(rows: readonly DeclaredObject[]): Promise<readonly ObjectKey[]>;
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
  /** Every change after `seq`, deletions included, in the order of the changes; nothing is ever missed or comes late. */
  since(seq: number): AsyncIterable<readonly StoredObject[]>;
  head(): Promise<number>;
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
const put = `with ${turn},
rows as (select * from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), jsonb_array_elements($4::jsonb), jsonb_array_elements($5::jsonb))
  r(key, tenant, source_id, object, origin)),
written as (insert into lastmile.objects as o (key, tenant, source_id, object, digest, generation, origin, seq)
  select key, tenant, source_id, object, encode(sha256(convert_to(object::text, 'UTF8')), 'hex'), 1, origin, (select seq from turn) from rows
  on conflict (key) do update set tenant = excluded.tenant, source_id = excluded.source_id, object = excluded.object, digest = excluded.digest,
    origin = excluded.origin, deleted_at = null,
    generation = o.generation + (o.digest <> excluded.digest or o.deleted_at is not null)::int,
    seq = case when o.digest <> excluded.digest or o.deleted_at is not null then excluded.seq else o.seq end
  where (o.digest, o.source_id, o.tenant, o.origin) is distinct from (excluded.digest, excluded.source_id, excluded.tenant, excluded.origin)
    or o.deleted_at is not null
  returning key, seq),
changed as materialized (select key from written where seq = (select seq from turn)),
${notify("changed")}
select key from changed left join told on true`;
const remove = `with ${turn},
removed as (update lastmile.objects set deleted_at = to_timestamp($2 / 1000.0), seq = (select seq from turn),
    origin = origin - 'revision' - 'author' || $3::jsonb
  where key = any($1::text[]) and deleted_at is null returning key),
${notify("removed")}
select key from removed left join told on true`;
const again = `with ${turn},
raised as (update lastmile.objects set seq = (select seq from turn) where key = any($1::text[]) and deleted_at is null returning key),
${notify("raised")}
select count(*) from raised left join told on true`;
const columns = `key, tenant, source_id as "sourceId", object, digest, generation::float8, origin,
  (extract(epoch from deleted_at) * 1000)::float8 as "deletedAt", seq::float8`;
const load = `select ${columns} from lastmile.objects where key > $1 and ($2::text is null or tenant = $2) and ($3::text is null or source_id = $3)
  and ($4::text is null or split_part(key, '/', 1) = $4) and ($5::text[] is null or key = any($5)) and ($6 or deleted_at is null)
  order by key limit ${PAGE}`;
const since = `select ${columns} from lastmile.objects where (seq, key) > ($1, $2) order by seq, key limit ${PAGE}`;

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
      return calls.transaction("put objects", async (run) => {
        const changed: ObjectKey[] = [];
        for (let at = 0; at < rows.length; at += PAGE) {
          const found = await run<{ key: ObjectKey }>(put, columnsOf(rows.slice(at, at + PAGE)));
          for (const { key } of found) changed.push(key);
        }
        return changed;
      });
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
    load({ tenant = null, sourceId = null, kind = null, keys = null, deleted = false }: Nullable<Filter> = {}) {
      return pages((last) =>
        page("load objects", load, [last?.key ?? "", tenant, sourceId, kind, keys, deleted ?? false]),
      );
    },
    since: (seq) => pages((last) => page("objects since", since, last ? [last.seq, last.key] : [seq, LAST_KEY])),
    async head() {
      const [row] = await calls.rows<[number]>("head", "select seq::float8 from lastmile.head");
      return row?.[0] ?? 0;
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
];

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };
/** After every key: what has the number asked for is already known. */
const LAST_KEY = "\u{10FFFF}";

async function* pages(read: (last: StoredObject | undefined) => Promise<readonly StoredObject[]>) {
  let last: StoredObject | undefined;
  for (;;) {
    const rows = await read(last);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}
