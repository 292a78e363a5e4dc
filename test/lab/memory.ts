/** A system in memory that does what real ones do to a client: lags, lies, allocates, makes duplicates, loses replies. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FieldTable, Observed, Ref, RefKey, Scalar, State, Value } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../../reconcilers/errors.ts";
import type { Lookup, Order, Outcome, Resource, Session } from "../../reconcilers/system.ts";
import type { Guard } from "./faults.ts";

export interface MemoryOptions {
  readonly name: string;
  /** inline: every create makes a new object; beside: keyed and safe; store: keyed, and holds no marker. */
  readonly marker: Resource["marker"];
  readonly fields: FieldTable;
  readonly limit?: number;
  readonly settleMs?: number;
  /** Milliseconds of one call. */
  readonly latencyMs?: number;
}
interface Row {
  readonly id: string;
  readonly key: string;
  token: string;
  owner: string;
  retired: boolean;
  state: State;
  /** Chosen here when the object was made. */
  address: string;
  readonly at: number;
}

export class Memory {
  readonly rows = new Map<string, Row>();
  /** Milliseconds for which a new object is not seen by reads. */
  lagMs = 0;
  /** So many of the next writes are answered well and not done. */
  lies = 0;
  /** Keys whose presence fails the whole call with a 500. */
  readonly poison = new Set<string>();
  readonly #o: MemoryOptions;
  #next = 1;

  constructor(o: MemoryOptions) {
    this.#o = o;
  }

  resource(guard: Guard): Resource {
    const { name, marker, fields, limit = 100, settleMs = 0 } = this.#o;
    return {
      name: "object",
      marker,
      fields,
      limit,
      settleMs,
      observe: (lookups) => guard(`${name}.observe`, () => this.#observe(lookups)),
      apply: (orders) => this.#apply(orders, guard),
    };
  }
  session(guard: Guard): Session {
    return {
      resources: [this.resource(guard)],
      slots: 4,
      ping: async () => ({ version: "memory" }),
      close: async () => undefined,
    };
  }
  ref(key: string): Ref {
    return { system: this.#o.name, resource: "object", key };
  }

  async #observe(lookups: readonly Lookup[]): Promise<Map<RefKey, Observed>> {
    await this.#wait(lookups.map((l) => l.ref.key));
    const rows = [...this.rows.values()].filter((r) => r.at + this.lagMs <= Date.now());
    const byId = new Map(rows.map((r) => [r.id, r]));
    const byToken = new Map(rows.map((r) => [r.token, r]));
    const byKey = new Map(rows.map((r) => [r.key, r]));
    const found = lookups.flatMap((l) => {
      const row = this.#o.marker === "inline" ? (byId.get(l.id ?? "") ?? byToken.get(l.token)) : byKey.get(l.ref.key);
      return row ? [[refKey(l.ref), this.#seen(l.ref, row)] as const] : [];
    });
    return new Map(found);
  }

  /** Creates, changes and ends travel as separate calls, as they do to most servers. */
  async #apply(orders: readonly Order[], guard: Guard): Promise<readonly Outcome[]> {
    const out = new Map<Order, Outcome>();
    for (const kind of ["create", "update", "destroy"] as const) {
      const group = orders.filter((o) => kindOf(o) === kind);
      if (group.length === 0) continue;
      const done = guard(`${this.#o.name}.${kind}`, async () => {
        await this.#wait(group.map((o) => o.ref.key));
        return group.map((o) => this.#write(o));
      });
      const outcomes = await done.catch((e: unknown) => {
        if (e instanceof Error && e.name === "Crash") throw e;
        return group.map(() => fault("Lost", "no answer for this item"));
      });
      for (const [n, o] of group.entries()) out.set(o, outcomes[n] ?? null);
    }
    return orders.map((o) => out.get(o) ?? null);
  }

  #write(o: Order): Outcome {
    const row = o.id === undefined ? this.#byKey(o.ref.key) : this.rows.get(o.id);
    if (o.action === "create" || !row) return this.#create(o, row);
    const adoptable = o.action === "adopt" && row.token === "";
    if (this.#o.marker !== "store" && row.token !== o.token && !adoptable)
      return fault("NotOwned", `${o.ref.key} is not ours`);
    if (o.action === "destroy") {
      this.rows.delete(row.id);
      return null;
    }
    const { address = row.address, patch } = this.#split(o.patch);
    const next = { ...row, state: merge(row.state, patch), address, token: o.token, owner: o.owner };
    if (o.action === "retire") next.retired = true;
    if (o.action === "restore") next.retired = false;
    if (!this.#lie()) this.rows.set(row.id, next);
    return this.#seen(o.ref, next);
  }

  #create(o: Order, existing: Row | undefined): Outcome {
    if (o.action === "destroy") return null;
    if (o.action !== "create") return fault("Lost", `${o.ref.key} is gone`);
    if (existing && this.#o.marker === "beside" && existing.token !== o.token)
      return fault("NotOwned", `${o.ref.key} exists`);
    const keyed = existing && this.#o.marker !== "inline" ? existing : undefined;
    const { address = keyed?.address ?? this.#free(), patch } = this.#split(o.patch);
    const row: Row = {
      id: keyed?.id ?? `${this.#o.name}-${this.#next++}`,
      key: o.ref.key,
      token: o.token,
      owner: o.owner,
      retired: false,
      state: merge(keyed?.state ?? {}, patch),
      address,
      at: Date.now(),
    };
    if (!this.#lie()) this.rows.set(row.id, row);
    return this.#seen(o.ref, row);
  }

  #allocates(): boolean {
    return this.#o.fields["address"]?.authority === "allocated";
  }
  #split(all: State): { readonly address?: string; readonly patch: State } {
    if (!this.#allocates() || all["address"] == null) return { patch: all };
    const { address, ...patch } = all;
    return { address: String(address), patch };
  }
  #free(): string {
    const taken = new Set([...this.rows.values()].map((r) => r.address));
    let n = 2;
    while (taken.has(`10.0.0.${n}`)) n++;
    return `10.0.0.${n}`;
  }
  #byKey(key: string): Row | undefined {
    return [...this.rows.values()].find((r) => r.key === key);
  }
  #lie(): boolean {
    return this.lies > 0 && this.lies-- > 0;
  }
  async #wait(keys: readonly string[]): Promise<void> {
    if (this.#o.latencyMs) await sleep(this.#o.latencyMs);
    const bad = keys.find((k) => this.poison.has(k));
    if (bad) throw fault("Unavailable", `500 with ${bad}`);
  }
  #hide(state: State): State {
    const wrap = ([field, v]: [string, Value]) =>
      [field, this.#o.fields[field]?.secret ? new Sensitive(String(v)) : v] as const;
    return Object.fromEntries(Object.entries(state).map(wrap));
  }
  #seen(ref: Ref, r: Row): Observed {
    const token = this.#o.marker === "store" || r.token === "" ? undefined : r.token;
    const outputs = this.#allocates() ? { address: r.address } : {};
    return { ref, id: r.id, token, retired: r.retired, state: this.#hide({ ...r.state, ...outputs }), outputs };
  }
}

function kindOf(o: Order): "create" | "update" | "destroy" {
  return o.action === "create" || o.action === "destroy" ? o.action : "update";
}
/** The wire knows no Sensitive, and null removes. */
function merge(state: State, patch: State): State {
  const plain = (v: Value): Value => (v instanceof Sensitive ? v.reveal() : v);
  const entries = Object.entries({ ...state, ...patch }).flatMap(([k, v]) =>
    v === null ? [] : [[k, plain(v)] as const],
  );
  return Object.fromEntries(entries) as Record<string, Scalar>;
}
