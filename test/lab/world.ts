/** A whole installation in one object: three systems, one store, and as many controllers as a test wants to kill. */
import { createHmac } from "node:crypto";
import type pg from "pg";
import { type FieldTable, output, refKey, type Subject } from "../../controller/core/model.ts";
import { type OwnerKey, ownerKey, parseOwner } from "../../controller/core/owner.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { Engine, type Options } from "../../controller/engine/engine.ts";
import type { Edit } from "../../controller/engine/run/accept.ts";
import { Backoff } from "../../controller/queue/backoff.ts";
import { Faults } from "./faults.ts";
import { Memory } from "./memory.ts";
import { openTestStore, type TestStore } from "./store.ts";

const managed = { authority: "managed" } as const;
const tables: Readonly<Record<"addr" | "acct" | "pon", FieldTable>> = {
  addr: { dns: managed, address: { authority: "allocated", disruptive: true } },
  acct: {
    password: { ...managed, secret: true },
    rate: managed,
    address: { ...managed, disruptive: true },
    access: { ...managed, suspends: "Reject" },
  },
  pon: { vlan: { ...managed, disruptive: true }, rate: managed },
};

export interface Facts {
  readonly rate?: string;
  readonly vlan?: string;
  readonly access?: "Reject";
  /** The user name that is claimed; another one than its own makes a conflict. */
  readonly user?: string;
  /** The plan whose group its account stands on. */
  readonly plan?: string;
}
export interface WorldOptions {
  readonly limit?: number;
  readonly latencyMs?: number;
  readonly settleMs?: number;
  readonly percent?: number;
}
export interface AddressRow {
  readonly token: string;
  readonly address: string;
  readonly retired: boolean;
}
export interface Lease {
  readonly holder?: string;
  readonly ttlMs?: number;
}
export const HOUR = 3_600_000;
export const owner = (n: number, tenant = "acme"): OwnerKey =>
  ownerKey({ installation: "lab", tenant, kind: "Subscriber", namespace: tenant, name: `s${n}` });

export class World {
  readonly clock = { offset: 0, now: (): number => Date.now() + this.clock.offset };
  readonly addr: Memory;
  readonly acct: Memory;
  readonly pon: Memory;
  /** What is declared, by owner. */
  readonly declared = new Map<OwnerKey, Subject>();
  readonly #pool: pg.Pool;
  readonly #o: WorldOptions;

  constructor(pool: pg.Pool, o: WorldOptions = {}) {
    const { limit = 6, latencyMs = 0, settleMs = 0 } = o;
    this.#pool = pool;
    this.#o = o;
    this.addr = new Memory({ name: "addr", marker: "inline", fields: tables.addr, limit, latencyMs, settleMs });
    this.acct = new Memory({ name: "acct", marker: "beside", fields: tables.acct, limit, latencyMs });
    this.pon = new Memory({ name: "pon", marker: "store", fields: tables.pon, limit, latencyMs });
  }

  subject(n: number, f: Facts = {}): Subject {
    const address = this.addr.ref(`s${n}-v4`);
    const user = f.user ?? `s${n}@acme.example`;
    const account = {
      password: new Sensitive(`SECRET-${n}`),
      rate: f.rate ?? "100M",
      address: output(address, "address"),
      access: f.access ?? "Accept",
    };
    return {
      owner: parseOwner(owner(n)),
      desired: [
        { ref: this.acct.ref(user), spec: account, ...(f.plan && { requires: [refKey(this.#group(f.plan))] }) },
        { ref: address, spec: { dns: `s${n}.isp.example` } },
        { ref: this.pon.ref(`ALCL${n}`), spec: { vlan: f.vlan ?? "100", rate: f.rate ?? "100M" } },
      ],
      claims: [
        { kind: "user", scope: "acct", value: user },
        { kind: "onu", scope: "pon", value: `ALCL${n}` },
      ],
      blocked: [],
    };
  }

  subjects(count: number, f: Facts = {}): readonly Subject[] {
    return Array.from({ length: count }, (_, i) => this.subject(i + 1, f));
  }
  /** What the accounts of a plan share: one group. */
  plan(name: string, rate = "100M"): Subject {
    return {
      owner: { ...parseOwner(owner(0)), kind: "ServicePlan", name },
      desired: [{ ref: this.#group(name), spec: { rate } }],
      claims: [],
      blocked: [],
    };
  }
  #group(plan: string) {
    return this.acct.ref(`group:${plan}`);
  }

  /** A controller of its own: new tokens, empty memory, the same store and the same world outside. */
  async controller(
    faults = new Faults(),
    extra: Partial<Options> = {},
    lease: Lease = {},
  ): Promise<{ engine: Engine; store: TestStore }> {
    const limits = this.#o.percent === undefined ? {} : { percent: this.#o.percent, floor: 0 };
    const store = await openTestStore(this.#pool, faults.guard, { ...limits, ...lease });
    const engine = new Engine({
      store: store.store,
      budget: store.budget,
      clock: this.clock,
      digest: (text) => createHmac("sha256", "test key").update(text).digest("hex").slice(0, 12),
      subject: async (key) =>
        this.declared.get(key) ?? { owner: parseOwner(key), desired: [], claims: [], blocked: [] },
      retentionMs: () => HOUR,
      backoff: new Backoff(5, 50),
      ...extra,
    });
    for (const m of ["addr", "acct", "pon"] as const) engine.ports.open(m, this[m].session(faults.guard));
    return { engine, store };
  }

  /** What a complete snapshot changes; from here on it is what is declared. */
  declare(next: readonly Subject[]): readonly Edit[] {
    const after = new Map(next.map((s) => [ownerKey(s.owner), s]));
    const keys = [...new Set([...this.declared.keys(), ...after.keys()])];
    const edits = keys.map((key) => ({ key, before: this.declared.get(key), after: after.get(key) }));
    this.declared.clear();
    for (const [key, s] of after) this.declared.set(key, s);
    return edits;
  }

  /** Of the address plan. */
  addressRows(): readonly AddressRow[] {
    return [...this.addr.rows.values()];
  }
  /** What can be seen from outside, without asking the engine: the judge of every crash test. */
  async census() {
    const count = async (sql: string): Promise<number> => (await this.#pool.query<{ n: number }>(sql)).rows[0]?.n ?? -1;
    const addr = this.addressRows();
    const [acct, pon] = [[...this.acct.rows.values()], [...this.pon.rows.values()]];
    return {
      addresses: addr.length,
      distinct: new Set(addr.map((r) => r.token)).size,
      live: [addr, acct, pon].map((rows) => rows.filter((r) => !r.retired).length).join("/"),
      accounts: acct.length,
      onus: pon.length,
      vlans: [...new Set(pon.map((r) => r.state["vlan"]))].join(),
      rates: [...new Set(acct.map((r) => r.state["rate"]))].join(),
      access: [...new Set(acct.map((r) => r.state["access"]))].join(),
      bound: acct.filter((a) => addr.some((r) => r.address === a.state["address"])).length,
      inventory: await count("select count(*)::int n from lastmile.inventory"),
      ledger: await count("select count(*)::int n from lastmile.ledger"),
      claims: await count("select count(*)::int n from lastmile.claims"),
      openReservations: await count("select count(*)::int n from lastmile.reservations where state <> 'spent'"),
    };
  }
}
