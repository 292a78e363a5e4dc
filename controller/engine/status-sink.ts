/** Writes what people see of each subject: computed from its last run, in bulk, and only when it differs. */
import { hash } from "node:crypto";
import type { ServicePlanStatus, SubscriberStatus } from "../api/types.generated.ts";
import { objectKeyOf } from "../core/compose.ts";
import { isMet } from "../core/life/life.ts";
import { type Notice, noticesOf } from "../core/life/notices.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { steady } from "../core/status/devices.ts";
import { planStatus } from "../core/status/plan.ts";
import { type SubscriberStatusInput, subscriberStatus } from "../core/status/subscriber.ts";
import type { Json, Stand, StatusRow } from "../store/status.ts";
import type { Store } from "../store/store.ts";
import type { Declared, Declaring } from "./declared.ts";
import type { Clock } from "./run/knowledge.ts";
import type { Asking, Verb } from "./run/lane.ts";
import type { Ports } from "./run/ports.ts";
import type { Report } from "./run/reconcile.ts";

type Status = SubscriberStatus | ServicePlanStatus;
export interface SinkOptions {
  readonly declared: Declared;
  readonly store: Pick<Store, "stands" | "statusDigests" | "writeStatus" | "dropStatus">;
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
  readonly #read: Verb<OwnerKey, Stand>;
  readonly #stored: Verb<OwnerKey, string | undefined>;
  readonly #write: Verb<StatusRow, void>;
  readonly #drop: Verb<OwnerKey, void>;
  readonly #erase: Verb<OwnerKey, void>;

  constructor(o: SinkOptions) {
    this.#o = o;
    const { store, erase } = o;
    this.#read = { name: "stands", limit: ROWS, run: (owners) => store.stands(owners) };
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
      const stand = await ports.store(this.#read, key, by);
      // Gone without having been seen out of service: that it ended was not told yet.
      if ((stand.status as SubscriberStatus | undefined)?.activatedAt) await this.#put(key, subject, report, stand, by);
      await ports.store(this.#drop, key, by);
      return;
    }
    const digest = report.settled ? digestOf(this.#status(key, subject, report, undefined, 0)) : undefined;
    if (digest !== undefined && digest === (await this.#known(key, report, by))) {
      this.#written.set(key, digest);
      return;
    }
    await this.#put(key, subject, report, await ports.store(this.#read, key, by), by, digest);
    if (digest === undefined) this.#written.delete(key);
    else this.#written.set(key, digest);
  }
  async #put(key: OwnerKey, subject: Declaring, report: Report, stand: Stand, by: Asking, digest?: string) {
    const now = this.#o.clock.now();
    const previous = stand.status as Status | undefined;
    const status = this.#status(key, subject, report, previous, now);
    const notices =
      subject.owner.kind === "Subscriber" ? this.#notices(key, subject, report, previous, status, now) : [];
    const row = { owner: key, status: status as unknown as Json, told: stand.told, notices };
    await this.#o.ports.store(this.#write, { ...row, ...(digest !== undefined && { digest }) }, by);
  }
  /** Nobody is told where no mail system is bound, also not when one is bound later. */
  #notices(
    key: OwnerKey,
    subject: Declaring,
    report: Report,
    before: SubscriberStatus | undefined,
    after: SubscriberStatus,
    now: number,
  ): readonly Notice[] {
    const { mail = [] } = this.#o.declared.tenant(tenantOf(key))?.spec.systems ?? {};
    if (mail.length === 0) return [];
    const input = this.#input(key, subject, report, before, now);
    return noticesOf({ before, after, met: isMet(input), spec: input.declared?.subscriber.spec, now });
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
    const input = this.#input(key, subject, report, previous, now);
    if (subject.owner.kind !== "ServicePlan") return subscriberStatus(input);
    const subscribers = this.#subscribers(subject);
    const rollout = this.#o.declared.catalog.revisions(objectKeyOf(key))?.progress;
    return planStatus({ ...input, previous: previous as ServicePlanStatus | undefined, subscribers, rollout });
  }
  #input(
    key: OwnerKey,
    { object, plan, generation, blocked, warnings, resolution, timing }: Declaring,
    report: Report,
    previous: Status | undefined,
    now: number,
  ): SubscriberStatusInput {
    const systems = this.#o.declared.boundSystems(tenantOf(key));
    return {
      ...{ generation, now, blocked, warnings, report, systems, resolution, timing },
      previous: previous as SubscriberStatus | undefined,
      declared: object?.kind === "Subscriber" ? { subscriber: object, plan } : undefined,
    };
  }
}

/** Of a settled subject a status follows from what is declared and seen, but for the times of its transitions. */
const digestOf = (timeless: Status): string => hash("sha1", JSON.stringify(steady(timeless)), "base64");
