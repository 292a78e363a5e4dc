/** Wires verbs to lanes: every ask of a subject, to a system or to the store, is batched in the same way. */
import { fault } from "../../../reconcilers/errors.ts";
import type { Lookup, Order, Outcome, Resource, Session } from "../../../reconcilers/system.ts";
import { type FieldTable, type Observed, type Ref, refKey } from "../../core/model.ts";
import type { Traits } from "../../core/plan.ts";
import type { Breaker } from "../../queue/breaker.ts";
import { Circuit } from "./circuit.ts";
import { type Asking, Lane, type Verb } from "./lane.ts";
import { whileAlive } from "./lease-signal.ts";

interface Endpoint {
  readonly lane: Lane;
  readonly resource: Resource;
  readonly observe: Verb<Lookup, Observed | null>;
  readonly apply: Verb<Order, Outcome>;
}

const STORE_SLOTS = 4;
/** Milliseconds of lease below which no effect is begun. */
const LEAST_MS = 500;

export class Ports {
  readonly #resources = new Map<string, Endpoint>();
  readonly #endpoints = new Map<string, { readonly session: Session; readonly lane: Lane }>();
  readonly #circuits = new Map<string, Circuit>();
  readonly #signal: AbortSignal;
  readonly #aliveMs: () => number;
  readonly #turned: (endpoint: string, b: Breaker) => void;
  readonly #store = new Lane(STORE_SLOTS);

  /**
   * `aliveMs`: for how long this process may still have effects; asked right before each of them. `turned` hears when the
   * breaker of an endpoint has another state.
   */
  constructor(signal: AbortSignal, aliveMs: () => number, turned: (endpoint: string, b: Breaker) => void = () => {}) {
    this.#signal = signal;
    this.#aliveMs = aliveMs;
    this.#turned = turned;
    signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  #stop(): void {
    for (const circuit of this.#circuits.values()) circuit.stop();
  }

  /** From now on the endpoint is served by this session, through its breaker: so it is answered. */
  open(endpoint: string, direct: Session): Session {
    const circuit = this.#circuits.get(endpoint) ?? new Circuit(endpoint, (b) => this.#turned(endpoint, b));
    this.#circuits.set(endpoint, circuit);
    const session = circuit.through(direct);
    const lane = new Lane(session.slots);
    this.#endpoints.set(endpoint, { session, lane });
    for (const resource of session.resources) {
      this.#resources.set(`${endpoint}/${resource.name}`, {
        lane,
        resource,
        ...verbs(resource, this.#signal, this.#aliveMs),
      });
    }
    return session;
  }
  /** What is asked of it from now on fails as unavailable. */
  shut(endpoint: string): void {
    for (const { name } of this.#endpoints.get(endpoint)?.session.resources ?? []) {
      this.#resources.delete(`${endpoint}/${name}`);
    }
    this.#endpoints.delete(endpoint);
    this.#circuits.get(endpoint)?.end();
    this.#circuits.delete(endpoint);
  }
  /** Whether calls are let through, by endpoint. */
  breakers(): ReadonlyMap<string, Breaker["state"]> {
    return new Map([...this.#circuits].map(([name, { breaker }]) => [name, breaker.state]));
  }
  /** Whether it says by itself that something happened. */
  tells = (endpoint: string): boolean => this.#endpoints.get(endpoint)?.session.hints !== undefined;
  /** By name: they are opened side by side, and which one came first is chance. */
  sessions(): ReadonlyMap<string, Session> {
    const byName = [...this.#endpoints].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(byName.map(([name, e]) => [name, e.session]));
  }
  /** Name and lane of every endpoint, the store's included, for metrics. */
  lanes(): ReadonlyMap<string, Lane> {
    return new Map([["store", this.#store], ...[...this.#endpoints].map(([n, e]) => [n, e.lane] as const)]);
  }

  resource(ref: Ref): Resource {
    return this.#of(ref).resource;
  }
  has(ref: Ref): boolean {
    return this.#resources.has(`${ref.system}/${ref.resource}`);
  }
  /** Without a connection nothing is compared: its objects are unknown. */
  fields = (ref: Ref): FieldTable => this.#resources.get(`${ref.system}/${ref.resource}`)?.resource.fields ?? {};
  traits = (ref: Ref): Traits => {
    const { lent, marker, follows, serves, outlasts } =
      this.#resources.get(`${ref.system}/${ref.resource}`)?.resource ?? {};
    return {
      ...{ lent: lent === true, unmarkable: marker === "store" },
      ...(follows !== undefined && { follows }),
      ...(serves && { serves }),
      ...(outlasts && { outlasts }),
    };
  };
  /** Whether what is done to `changed`, of the same owner, shows in this object too. */
  isFollower = (ref: Ref, changed: Ref): boolean => {
    if (ref.system !== changed.system) return false;
    const { follows, shows } = this.#resources.get(`${ref.system}/${ref.resource}`)?.resource ?? {};
    return shows === changed.resource || (follows === changed.resource && ref.key === changed.key);
  };

  async observe(lookup: Lookup, by: Asking): Promise<Observed | null> {
    const { lane, observe } = this.#of(lookup.ref);
    return lane.ask(observe, lookup, by);
  }
  /** A fault among the outcomes comes out as a rejection of this one ask. */
  async apply(order: Order, by: Asking): Promise<Observed | null> {
    const { lane, apply } = this.#of(order.ref);
    return lane.ask(apply as Verb<Order, Observed | null>, order, by);
  }
  store<I, O>(verb: Verb<I, O>, input: I, by: Asking): Promise<O> {
    return this.#store.ask(verb, input, by.attempts === 0 ? by : { ...by, attempts: 0 });
  }

  #of(ref: Ref): Endpoint {
    const e = this.#resources.get(`${ref.system}/${ref.resource}`);
    if (!e) throw fault("Unavailable", `no connection to ${ref.system}`);
    return e;
  }
}

function verbs(resource: Resource, signal: AbortSignal, aliveMs: () => number): Pick<Endpoint, "observe" | "apply"> {
  const { name, limit } = resource;
  return {
    observe: {
      name: `${name}.observe`,
      limit,
      run: async (lookups) => {
        signal.throwIfAborted();
        const found = await resource.observe(lookups, signal);
        return lookups.map((l) => found.get(refKey(l.ref)) ?? null);
      },
    },
    apply: {
      name: `${name}.apply`,
      limit,
      run: async (orders) => {
        signal.throwIfAborted();
        // What a process began under its lease must not land after it: by then another one decides.
        if (aliveMs() < LEAST_MS) throw fault("Unavailable", "the lease of this process ran out");
        const within = whileAlive(aliveMs, signal);
        return resource.apply(orders, within.signal).finally(within.done);
      },
    },
  };
}
