/** Generated secrets, sealed with AES-256-GCM. Values travel as Sensitive and are bound to their owner and name. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { OwnerKey } from "../core/owner.ts";
import { Sensitive } from "../core/sensitive.ts";
import type { Calls } from "./calls.ts";
import { StoreError } from "./errors.ts";
import { digestWith, type Key, type KeyRing } from "./keys.ts";

export interface Secrets {
  /** Short keyed digest with the id of its key: `keyid:hex`. */
  readonly digest: (text: string) => string;
  /** What is stored under this name; who has nothing is not in the map. */
  read(owners: readonly OwnerKey[], name: string): Promise<ReadonlyMap<OwnerKey, Sensitive>>;
  /** The same, made where it is missing: 144 bits as 24 characters of base64url. Two that ask at once get one value. */
  generated(owners: readonly OwnerKey[], name: string): Promise<ReadonlyMap<OwnerKey, Sensitive>>;
  put(rows: readonly { readonly owner: OwnerKey; readonly name: string; readonly value: Sensitive }[]): Promise<void>;
  /** Of owners that are gone for good. */
  erase(owners: readonly OwnerKey[]): Promise<void>;
  /** Seals with the active key what an older one sealed; answers how many. Afterwards the older may leave the file. */
  reseal(): Promise<number>;
}

const SECRET_BYTES = 18;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const RESEAL = 500;

const sql = {
  register: "insert into lastmile.keys (key_id) values ($1) on conflict do nothing",
  read: "select owner, name, key_id, sealed from lastmile.secrets where owner = any($1::text[]) and name = $2",
  insert: `insert into lastmile.secrets (owner, name, key_id, sealed) select r.owner, r.name, $3, r.sealed
    from unnest($1::text[], $2::text[], $4::bytea[]) r(owner, name, sealed)`,
  keep: "on conflict do nothing returning owner",
  replace: "on conflict (owner, name) do update set key_id = excluded.key_id, sealed = excluded.sealed, at = now()",
  // The old text is part of the condition: what somebody wrote meanwhile is newer than what we read.
  reseal: `update lastmile.secrets s set key_id = $3, sealed = r.sealed
    from unnest($1::text[], $2::text[], $4::bytea[], $5::bytea[]) r(owner, name, sealed, old)
    where (s.owner, s.name, s.sealed) = (r.owner, r.name, r.old)`,
  older: `select owner, name, key_id, sealed from lastmile.secrets where key_id <> $1 limit ${RESEAL}`,
} as const;

interface SealedRow {
  readonly owner: OwnerKey;
  readonly name: string;
  readonly key_id: string;
  readonly sealed: Buffer;
}
type Plain = Pick<SealedRow, "owner" | "name"> & { readonly value: Sensitive };

/** KeyLost when the store was written with a key that the ring does not hold. */
export async function openSecrets(calls: Calls, ring: KeyRing): Promise<Secrets> {
  await register(calls, ring);
  const { active } = ring;
  const write = (name: string, text: string, rows: readonly Plain[]) => {
    const sealed = rows.map((r) => seal(active, r));
    return calls.rows<[OwnerKey]>(name, text, [rows.map((r) => r.owner), rows.map((r) => r.name), active.id, sealed]);
  };
  const read = async (owners: readonly OwnerKey[], name: string): Promise<Map<OwnerKey, Sensitive>> => {
    if (owners.length === 0) return new Map();
    const rows = await calls.query<SealedRow>("read secrets", sql.read, [owners, name]);
    return new Map(rows.map((r) => [r.owner, open(ring, r)]));
  };
  return {
    digest: digestWith(ring),
    read,
    async generated(owners, name) {
      const found = await read(owners, name);
      const missing = [...new Set(owners)].filter((o) => !found.has(o));
      if (missing.length === 0) return found;
      const made = missing.map((owner) => ({ owner, name, value: random() }));
      const kept = new Set((await write("make secrets", `${sql.insert} ${sql.keep}`, made)).map(([owner]) => owner));
      for (const m of made) if (kept.has(m.owner)) found.set(m.owner, m.value);
      const others = await read(
        missing.filter((o) => !kept.has(o)),
        name,
      );
      return new Map([...found, ...others]);
    },
    async put(rows) {
      if (rows.length > 0) await write("put secrets", `${sql.insert} ${sql.replace}`, rows);
    },
    async erase(owners) {
      await calls.query("erase secrets", "delete from lastmile.secrets where owner = any($1::text[])", [owners]);
    },
    reseal: () => reseal(calls, ring),
  };
}

const random = (): Sensitive => new Sensitive(randomBytes(SECRET_BYTES).toString("base64url"));

/** A new active key is taken in only beside a key that wrote here before: a file made up by mistake is no rotation. */
async function register(calls: Calls, ring: KeyRing): Promise<void> {
  const known = (await calls.rows<[string]>("keys", "select key_id from lastmile.keys order by since")).map(
    ([id]) => id,
  );
  if (known.length > 0 && !known.some((id) => ring.all.has(id))) {
    throw new StoreError(
      "KeyLost",
      `the store was written with master key ${known.at(-1)}, the key file holds ${ring.active.id}`,
    );
  }
  if (!known.includes(ring.active.id)) await calls.query("register key", sql.register, [ring.active.id]);
}

async function reseal(calls: Calls, ring: KeyRing): Promise<number> {
  for (let done = 0; ; ) {
    const rows = await calls.query<SealedRow>("older secrets", sql.older, [ring.active.id]);
    if (rows.length === 0) return done;
    const sealed = rows.map((r) => seal(ring.active, { ...r, value: open(ring, r) }));
    const values = [
      rows.map((r) => r.owner),
      rows.map((r) => r.name),
      ring.active.id,
      sealed,
      rows.map((r) => r.sealed),
    ];
    await calls.query("reseal secrets", sql.reseal, values);
    done += rows.length;
  }
}

/** Bound to its place: a row that was copied to another owner does not open. */
const place = (r: Pick<SealedRow, "owner" | "name">): Buffer => Buffer.from(`${r.owner} ${r.name}`);

function seal(key: Key, row: Plain): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.sealing, nonce).setAAD(place(row));
  return Buffer.concat([nonce, cipher.update(row.value.reveal(), "utf8"), cipher.final(), cipher.getAuthTag()]);
}

function open(ring: KeyRing, row: SealedRow): Sensitive {
  const key = ring.all.get(row.key_id);
  if (!key)
    throw new StoreError(
      "KeyLost",
      `${row.name} of ${row.owner} was sealed with master key ${row.key_id}, which the key file does not hold`,
    );
  const end = row.sealed.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key.sealing, row.sealed.subarray(0, NONCE_BYTES)).setAAD(place(row));
  decipher.setAuthTag(row.sealed.subarray(end));
  try {
    return new Sensitive(
      Buffer.concat([decipher.update(row.sealed.subarray(NONCE_BYTES, end)), decipher.final()]).toString("utf8"),
    );
  } catch {
    throw new StoreError("KeyLost", `${row.name} of ${row.owner} was altered in the store and does not open`);
  }
}
