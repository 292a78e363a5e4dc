/** One controller in a world, as a test drives it: declare, settle, look at the reports, kill, start again. */
import type pg from "pg";
import type { HoldCode, Subject } from "../../controller/core/model.ts";
import type { OwnerKey } from "../../controller/core/owner.ts";
import type { Engine, Options } from "../../controller/engine/engine.ts";
import type { Report } from "../../controller/engine/run/reconcile.ts";
import type { AuditEntry } from "../../controller/store/audit.ts";
import { Faults } from "./faults.ts";
import { clearStore, type TestStore } from "./store.ts";
import { owner, World, type WorldOptions } from "./world.ts";

export class Scene {
  readonly world: World;
  /** The last report of each owner, whichever controller made it. */
  readonly reports = new Map<OwnerKey, Report>();
  faults = new Faults();
  #engine: Engine | undefined;
  #store: TestStore | undefined;

  static async open(pool: pg.Pool, o: WorldOptions = {}, extra: Partial<Options> = {}): Promise<Scene> {
    await clearStore(pool);
    const scene = new Scene(new World(pool, o));
    await scene.restart(extra);
    return scene;
  }
  private constructor(world: World) {
    this.world = world;
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error("no controller");
    return this.#engine;
  }
  get store(): TestStore {
    if (!this.#store) throw new Error("no controller");
    return this.#store;
  }

  /** Another process takes over: nothing in memory, the same holder. */
  async restart(extra: Partial<Options> = {}, faults = new Faults()): Promise<void> {
    this.#engine?.close();
    this.faults = faults;
    const onReport: Options["onReport"] = async (key, _, report) => void this.reports.set(key, report);
    const { engine, store } = await this.world.controller(this.faults, { onReport, ...extra });
    [this.#engine, this.#store] = [engine, store];
  }
  /** From now on this is declared, and nothing else. */
  async declare(subjects: readonly Subject[]): Promise<void> {
    await this.engine.accept(() => this.world.declare(subjects));
  }
  async settle(subjects: readonly Subject[], patience = 0): Promise<void> {
    await this.declare(subjects);
    await this.engine.settle(patience);
  }
  /** Looks again at these, as a drift scan would. */
  async look(keys: readonly OwnerKey[] = [...this.world.declared.keys()], patience = 0): Promise<void> {
    this.engine.enqueue(keys);
    await this.engine.settle(patience);
  }

  report(n: number): Report | undefined {
    return this.reports.get(owner(n));
  }
  holds(n: number): readonly (HoldCode | undefined)[] {
    return (this.report(n)?.plan.changes ?? []).map((c) => c.hold?.code);
  }
  /** How many subjects are held for this reason. */
  held(code: HoldCode): number {
    return [...this.reports.values()].filter((r) => r.plan.changes.some((c) => c.hold?.code === code)).length;
  }
  /** Oldest first. */
  async history(key: OwnerKey): Promise<readonly AuditEntry[]> {
    return (await this.store.store.history(key)).toReversed();
  }
  close(): void {
    this.#engine?.close();
  }
}
