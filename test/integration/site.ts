/** A whole installation on databases of its own: the store, one RADIUS, secrets, and one controller at a time. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  Condition,
  LastmileObject,
  ServicePlanStatus,
  SubscriberStatus,
} from "../../controller/api/types.generated.ts";
import type { ObjectKey } from "../../controller/core/catalog.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import type { Controller } from "../../controller/engine/controller.ts";
import type { Intake, IntakeOptions } from "../../controller/engine/intake.ts";
import type { Report } from "../../controller/engine/run/reconcile.ts";
import { type ServeEvent, scan } from "../../controller/engine/serve.ts";
import { type Installation, openInstallation, type Settings } from "../../controller/main.ts";
import type { SourceUpdate } from "../../controller/sources/source.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { ENDPOINT, NAMESPACE, radius, SYSTEM, snapshot, TENANT, tenant } from "./objects.ts";
import { type Account, accounts, dump } from "./tables.ts";

const INSTALLATION = "test";
const RADIUS_SCHEMA_MS = 30_000;
/** Milliseconds for what is tried again. */
const PATIENCE = 20_000;
/** What has not come by then does not come: no machine is that slow. */
const NEVER = 120_000;

export class Site {
  readonly store: FreshDatabase;
  readonly radius: FreshDatabase;
  readonly settings: Settings;
  readonly reports = new Map<string, Report>();
  /** Of the controllers that start from now on. */
  now = (): number => Date.now();
  #installation: Installation | undefined;
  #controller: Controller | undefined;

  private constructor(store: FreshDatabase, radiusDatabase: FreshDatabase, home: string) {
    this.store = store;
    this.radius = radiusDatabase;
    this.settings = {
      home,
      databaseUrl: store.url,
      installation: INSTALLATION,
      keyFile: undefined,
      secretsDir: join(home, "secrets"),
      holder: "controller",
    };
  }

  static async open(): Promise<Site> {
    const [store, radiusDatabase] = await Promise.all([freshDatabase("template1"), freshDatabase("template1")]);
    const site = new Site(store, radiusDatabase, await mkdtemp(join(tmpdir(), "lastmile-site-")));
    await site.credentials(radiusDatabase.url);
    await prepare(site.settings, radiusDatabase.url);
    await site.start();
    return site;
  }

  get installation(): Installation {
    if (!this.#installation) throw new Error("no installation is open");
    return this.#installation;
  }
  get controller(): Controller {
    if (!this.#controller) throw new Error("no controller is running");
    return this.#controller;
  }

  /** The store only: no controller runs. */
  async open(settings: Partial<Settings> = {}): Promise<Installation> {
    this.#installation = await openInstallation({ ...this.settings, ...settings });
    return this.#installation;
  }
  async start(settings: Partial<Settings> = {}): Promise<void> {
    const installation = await this.open(settings);
    await installation.leases.acquire(1_800_000); // nobody renews while a test looks at things
    this.#controller = installation.controller({
      onReport: (key, report) => this.reports.set(key, report),
      onError: () => "retry",
      clock: { now: () => this.now() },
    });
    await this.#controller.load();
    await this.#controller.resume();
  }
  /** The process ends; nothing of its memory is left. */
  async stop(): Promise<void> {
    this.#controller?.engine.close();
    await this.#controller?.endpoints.close();
    await this.#installation?.close();
    this.#controller = undefined;
    this.#installation = undefined;
  }
  async restart(): Promise<void> {
    await this.stop();
    this.reports.clear();
    await this.start();
    await this.settle();
  }
  async close(): Promise<void> {
    await this.stop();
    await Promise.all([
      this.store.drop(),
      this.radius.drop(),
      rm(this.settings.home, { recursive: true, force: true }),
    ]);
  }

  /** The tenant, its RADIUS and one plan. */
  base(...more: readonly LastmileObject[]): readonly LastmileObject[] {
    return [tenant(), radius(this.radius.url), plan(), ...more];
  }
  /** Declares exactly these objects, and waits until nothing more can be done. */
  async declare(objects: readonly LastmileObject[], o: Partial<IntakeOptions> = {}): Promise<Intake> {
    return this.submit(snapshot(objects), o);
  }
  /** Without waiting for what cannot be done now. */
  async submitNow(objects: readonly LastmileObject[]): Promise<void> {
    await this.controller.submit(snapshot(objects), { prune: true, source: "own" });
  }
  async submit(update: SourceUpdate, o: Partial<IntakeOptions> = {}): Promise<Intake> {
    const taken = await this.controller.submit(update, { prune: true, source: "own", ...o });
    await this.settle();
    return taken;
  }
  settle(patience = PATIENCE): Promise<void> {
    return this.controller.engine.settle(patience);
  }
  /** Until it is so, whoever brings it about. */
  async until(good: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + NEVER;
    while (!(await good())) {
      if (performance.now() > end) throw new Error("it did not come to that");
      await sleep(50);
    }
  }
  /** One look at everything that the systems hold; what it finds is repaired before it returns. */
  async scan(): Promise<readonly ServeEvent[]> {
    const events = await this.scanNow();
    await this.settle();
    return events;
  }
  async scanNow(): Promise<readonly ServeEvent[]> {
    const events: ServeEvent[] = [];
    const signal = new AbortController().signal;
    await scan({ controller: this.controller, installation: INSTALLATION, signal, on: (e) => events.push(e) });
    return events;
  }

  /** Makes the tables of another RADIUS. */
  async prepare(url: string, name: string): Promise<void> {
    await this.controller.endpoints.prepare(radius(url, name), AbortSignal.timeout(RADIUS_SCHEMA_MS));
  }
  accounts = (): Promise<ReadonlyMap<string, Account>> => accounts(this.radius.pool);
  /** `but`: tables to leave out. */
  dumpRadius = (but: readonly string[] = []): Promise<string> => dump(this.radius.pool, but);
  dumpStore = (but?: readonly string[]): Promise<string> => dump(this.store.pool, but);
  owner(key: ObjectKey, tenantName = TENANT): string {
    return `${INSTALLATION}/${tenantName}/${key}`;
  }
  subscriber = (name: string): string => this.owner(`Subscriber/isp-acme/${name}`);
  async status(name: string): Promise<SubscriberStatus | undefined> {
    return (await this.statusOf(this.subscriber(name))) as SubscriberStatus | undefined;
  }
  async planStatus(name: string): Promise<ServicePlanStatus | undefined> {
    return (await this.statusOf(this.owner(`ServicePlan/isp-acme/${name}`))) as ServicePlanStatus | undefined;
  }
  async statusOf(owner: string): Promise<unknown> {
    return (await this.installation.store.statusOf([owner])).get(owner);
  }
  /** `status reason` of a condition of a subscriber. */
  async condition(name: string, type: string): Promise<string | undefined> {
    const found = (await this.status(name))?.conditions?.find((c: Condition) => c.type === type);
    return found && `${found.status} ${found.reason}`;
  }
  async message(name: string, type = "Ready"): Promise<string> {
    return (await this.status(name))?.conditions?.find((c) => c.type === type)?.message ?? "";
  }
  async approveAllHeld(): Promise<readonly string[]> {
    const held = [...this.reports.values()].flatMap((r) => r.plan.changes.filter((c) => c.hold && c.tuple));
    const tuples = held.flatMap((c) => c.tuple ?? []);
    const at = Date.now();
    await this.installation.store.approve(tuples, { whom: "ops", at, expires: at + 60_000 });
    return tuples;
  }
  /** What stands in the ledger is due now. */
  async endRetention(): Promise<void> {
    await this.store.pool.query("update lastmile.ledger set purge_at = now() - interval '1 s'");
    await this.controller.purge();
    await this.settle();
  }
  /** Of a RADIUS, where `radius` looks for them. */
  async credentials(url: string, name = ENDPOINT): Promise<void> {
    const { username, password } = new URL(url);
    await this.secret(name, "username", decodeURIComponent(username), SYSTEM);
    await this.secret(name, "password", decodeURIComponent(password), SYSTEM);
  }
  async secret(name: string, key: string, value: string, namespace = NAMESPACE): Promise<void> {
    const file = join(this.settings.secretsDir, namespace, name, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, value);
  }
  async removeSecret(name: string): Promise<void> {
    await rm(join(this.settings.secretsDir, NAMESPACE, name), { recursive: true });
  }
  async count(table: string, where = "true"): Promise<number> {
    const { rows } = await this.store.pool.query(`select count(*)::int n from lastmile.${table} where ${where}`);
    return rows[0].n;
  }
}

/** As `lastmile init` does. */
async function prepare(settings: Settings, url: string, name = ENDPOINT): Promise<void> {
  const signal = AbortSignal.timeout(RADIUS_SCHEMA_MS);
  const installation = await openInstallation(settings);
  const { endpoints } = installation.controller();
  await endpoints.prepare(radius(url, name), signal);
  await installation.close();
}
