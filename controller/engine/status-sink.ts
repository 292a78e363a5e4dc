/** Writes what people see of each subject: computed from its last run, in bulk, and only when it differs. */
import { hash } from "node:crypto";
import type { ServicePlanStatus, SubscriberStatus } from "../api/types.generated.ts";
import { objectKeyOf } from "../core/compose.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { steady } from "../core/status/devices.ts";
import { planStatus } from "../core/status/plan.ts";
import { subscriberStatus } from "../core/status/subscriber.ts";
import type { Json, StatusRow } from "../store/status.ts";
import type { Store } from "../store/store.ts";
import type { Declared, Declaring } from "./declared.ts";
import type { Clock } from "./run/knowledge.ts";
import type { Asking, Verb } from "./run/lane.ts";
import type { Ports } from "./run/ports.ts";
import type { Report } from "./run/reconcile.ts";

type Status = SubscriberStatus | ServicePlanStatus;
export interface SinkOptions {
  readonly declared: Declared;
  readonly store: Pick<Store, "statusOf" | "statusDigests" | "writeStatus" | "dropStatus">;
  readonly ports: Ports;
  readonly clock: Clock;
  /** Of an owner that is gone for good. */
  readonly erase: (owners: readonly OwnerKey[]) => Promise<void>;
}
const ROWS = 500;

export class StatusSink {
  readonly #o: SinkOptions;
  /** Digest of the status that is in the store, for those where nothing is open. */
  readonly #written = new Map<OwnerKey, string>();
  readonly #read: Verb<OwnerKey, Json | undefined>;
  readonly #stored: Verb<OwnerKey, string | undefined>;
  readonly #write: Verb<StatusRow, void>;
  readonly #drop: Verb<OwnerKey, void>;
  readonly #erase: Verb<OwnerKey, void>;

  constructor(o: SinkOptions) {
    this.#o = o;
    const { store, erase } = o;
    this.#read = {
      name: "status of",
      limit: ROWS,
      run: async (owners) => {
        const found = await store.statusOf(owners);
        return owners.map((owner) => found.get(owner));
      },
    };
    this.#stored = {
      name: "status digests",
      limit: ROWS,
      run: async (owners) => {
        const found = await store.statusDigests(owners);
        return owners.map((owner) => found.get(owner));
      },
    };
    this.#write = {
      name: "status",
      limit: ROWS,
      run: async (rows) => {
        await store.writeStatus(rows);
        return rows.map(() => undefined);
      },
    };
    this.#drop = {
      name: "drop status",
      limit: ROWS,
      run: async (owners) => {
        await store.dropStatus(owners);
        return owners.map(() => undefined);
      },
    };
    this.#erase = {
      name: "erase",
      limit: ROWS,
      run: async (owners) => {
        await erase(owners);
        return owners.map(() => undefined);
      },
    };
  }

  async report(key: OwnerKey, subject: Declaring, report: Report, small: boolean): Promise<void> {
    const by = { tenant: tenantOf(key), small, attempts: 0 };
    const { ports, declared } = this.#o;
    if (report.rest === "gone") await ports.store(this.#erase, key, by);
    if (report.rest === "gone" && (!declared.declares(key) || declared.ended(key))) {
      this.#written.delete(key);
      await ports.store(this.#drop, key, by);
      return;
    }
    const now = this.#o.clock.now();
    const digest = report.settled ? digestOf(this.#status(key, subject, report, undefined, 0)) : undefined;
    if (digest !== undefined && digest === (await this.#known(key, report, by))) {
      this.#written.set(key, digest);
      return;
    }
    const previous = (await ports.store(this.#read, key, by)) as Status | undefined;
    const status = this.#status(key, subject, report, previous, now) as unknown as Json;
    await ports.store(this.#write, { owner: key, status, ...(digest !== undefined && { digest }) }, by);
    if (digest === undefined) this.#written.delete(key);
    else this.#written.set(key, digest);
  }
  /** After an effect hardly any status is as it was. */
  async #known(key: OwnerKey, { effects }: Report, by: Asking): Promise<string | undefined> {
    return this.#written.get(key) ?? (effects === 0 ? this.#o.ports.store(this.#stored, key, by) : undefined);
  }

  /** Of another process's writing nothing is known: the store is asked again. */
  forgetAll(): void {
    this.#written.clear();
  }

  /** That stand on a plan, as it is declared now. */
  #subscribers({ object }: Declaring): number {
    return object?.kind === "ServicePlan" ? this.#o.declared.catalog.dependants(object).size : 0;
  }

  #status(key: OwnerKey, subject: Declaring, report: Report, previous: Status | undefined, now: number): Status {
    const { declared } = this.#o;
    const { object, plan, generation, blocked, warnings, resolution } = subject;
    const systems = declared.boundSystems(tenantOf(key));
    const input = { generation, now, blocked, warnings, report, systems };
    if (subject.owner.kind === "ServicePlan") {
      const subscribers = this.#subscribers(subject);
      const rollout = declared.catalog.revisions(objectKeyOf(key))?.progress;
      return planStatus({ ...input, previous: previous as ServicePlanStatus | undefined, subscribers, rollout });
    }
    return subscriberStatus({
      ...input,
      previous: previous as SubscriberStatus | undefined,
      declared: object?.kind === "Subscriber" ? { subscriber: object, plan } : undefined,
      resolution,
    });
  }
}

/** Of a settled subject a status follows from what is declared and seen, but for the times of its transitions. */
const digestOf = (timeless: Status): string => hash("sha1", JSON.stringify(steady(timeless)), "base64");
