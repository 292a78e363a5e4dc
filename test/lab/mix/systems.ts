/** Six systems in memory behind the contract: they hold what is written, wait for devices and people, and can be away. */
import {
  isOutput,
  type Observed,
  parseRef,
  type RefKey,
  refKey,
  type Scalar,
  type State,
} from "../../../controller/core/model.ts";
import type { Token } from "../../../controller/core/owner.ts";
import { type Fault, fault } from "../../../reconcilers/errors.ts";
import type { Order, Outcome, Resource, Session } from "../../../reconcilers/system.ts";
import type { Guard } from "../faults.ts";

export interface Row {
  /** undefined: nobody's. */
  readonly token: Token | undefined;
  readonly retired: boolean;
  readonly state: State;
}
export class Systems {
  readonly rows = new Map<RefKey, Row>();
  readonly away = new Set<string>();
  /** Devices that report, by serial; and `visit` when the technician was there. */
  readonly present = new Set<string>();
  /** Every effect: `action ref field=value…`. */
  readonly writes: string[] = [];
  readonly #billed = new Set<RefKey>();
  readonly #resources: ReadonlyMap<string, readonly Resource[]>;

  constructor(resources: ReadonlyMap<string, readonly Resource[]>) {
    this.#resources = resources;
  }
  session(name: string, guard: Guard): Session {
    const resources = this.#resources.get(name)!.map((r): Resource => {
      const { scan: _scan, everything: _all, ...table } = r;
      return {
        ...{ ...table, settleMs: 0 },
        observe: async (lookups) => {
          const look = async () => lookups.flatMap(({ ref }) => this.#seen(refKey(ref), r) ?? []);
          const found = await this.#call(name, guard, "observe", look);
          return new Map(found.map((o) => [refKey(o.ref), o]));
        },
        apply: (orders) => this.#call(name, guard, "apply", async () => orders.map((o) => this.#write(o, r))),
      };
    });
    return { resources, slots: 4, ping: async () => ({ version: "1" }), close: async () => undefined };
  }
  async #call<T>(name: string, guard: Guard, verb: string, work: () => Promise<T>): Promise<T> {
    if (this.away.has(name)) throw fault("Unavailable", `${name} is away`);
    return guard(`${name}.${verb}`, work);
  }

  #seen(key: RefKey, r: Resource): Observed | undefined {
    const row = this.rows.get(key);
    if (!row) return undefined;
    const chosen = Object.keys(r.fields).filter((f) => r.fields[f]?.authority === "allocated");
    const values = chosen.flatMap((f) => (row.state[f] == null ? [] : [[f, row.state[f] as Scalar] as const]));
    const { retired, state } = row;
    const token = r.marker === "store" ? undefined : row.token;
    const outputs = {
      key: parseRef(key).key,
      account: "ACC-1",
      serial: parseRef(key).key,
      ...Object.fromEntries(values),
    };
    return { ref: parseRef(key), id: `id of ${key}`, token, retired, state, outputs };
  }
  #write(o: Order, r: Resource): Outcome {
    const key = refKey(o.ref);
    const waits = this.#waits(o);
    if (waits) return waits;
    const before = this.rows.get(key);
    if (r.marker !== "store" && before && before.token !== o.token && !(o.action === "adopt" && !before.token))
      return fault("NotOwned", `${key} is not ours`);
    const patch = Object.entries(o.patch).map(([f, v]) => `${f}=${isOutput(v) ? "?" : String(v)}`);
    this.writes.push([o.action, key, ...patch].join(" "));
    if (o.action === "destroy") {
      this.rows.delete(key);
      return null;
    }
    const state = { ...before?.state, ...o.patch, ...this.#chosen(o, r, before) };
    if (state["state"] === "ACTIVE") this.#billed.add(key);
    // Whose bill ran before goes on with it (reconcilers/billing/write.ts).
    const resumed = o.patch["state"] === "PENDING" && before?.state["state"] === "SUSPENDED" && this.#billed.has(key);
    this.rows.set(key, {
      token: o.token,
      retired: o.action === "retire",
      state: resumed ? { ...state, state: "ACTIVE" } : state,
    });
    return this.#seen(key, r)!;
  }
  /** Of the pool the lowest that is free. */
  #chosen(o: Order, r: Resource, before: Row | undefined): State {
    const field = Object.keys(r.fields).find((f) => r.fields[f]?.authority === "allocated");
    if (field === undefined || before?.state[field] != null || o.patch[field] != null) return {};
    const taken = new Set([...this.rows.values()].map((row) => row.state[field]));
    let n = 2;
    while (taken.has(`10.0.1.${n}`)) n++;
    return { [field]: `10.0.1.${n}` };
  }
  /** Who is not there is told nothing, at the end of service neither. */
  #waits({ ref, action }: Order): Fault | undefined {
    if (ref.resource === "installation" && action === "create" && !this.present.has("visit"))
      return fault("AwaitingInstallation", "nobody was there");
    if (ref.resource === "onu" && action === "create" && !this.present.has(ref.key))
      return fault("AwaitingDevice", `${ref.key} is not connected`);
    if (ref.resource === "device" && ![...this.present].some((serial) => ref.key.endsWith(serial)))
      return fault("AwaitingDevice", `${ref.key} does not report`);
    return undefined;
  }
}
