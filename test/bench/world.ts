/** A store and a RADIUS database, both empty, and the controller that `main.ts` makes for them. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnerKey } from "../../controller/core/owner.ts";
import type { Controller } from "../../controller/engine/controller.ts";
import type { Report } from "../../controller/engine/run/reconcile.ts";
import { scan } from "../../controller/engine/serve.ts";
import { type Installation, openInstallation } from "../../controller/main.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { makeDatabase, openRadius, type RadiusDatabase } from "./databases.ts";
import { CREDENTIALS, INSTALLATION, ownerOf, plan, system, tenant, update } from "./tenant.ts";

const RENEW_MS = 3_000;

/** Where a controller can be started again. */
export interface Place {
  readonly store: string;
  readonly home: string;
}
export class World {
  readonly place: Place;
  readonly installation: Installation;
  readonly controller: Controller;
  /** Hears of every run that ended. */
  onReport: (key: OwnerKey, report: Report) => void = () => undefined;
  readonly #renewal: NodeJS.Timeout;

  static async start(place: Place): Promise<World> {
    const installation = await openInstallation({
      home: place.home,
      databaseUrl: place.store,
      installation: INSTALLATION,
      keyFile: undefined,
      secretsDir: join(place.home, "secrets"),
      holder: "bench",
    });
    await installation.leases.acquire();
    const world = new World(place, installation);
    await world.controller.load();
    return world;
  }
  private constructor(place: Place, installation: Installation) {
    this.place = place;
    this.installation = installation;
    this.controller = installation.controller({ onReport: (key, report) => this.onReport(key, report) });
    this.#renewal = setInterval(() => void installation.leases.acquire(), RENEW_MS);
  }
  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    this.controller.engine.close();
    await this.controller.endpoints.close();
    await this.installation.close();
  }

  /** Sends objects and waits until every subject is as declared. */
  async submit(objects: readonly SourceObject[], complete: boolean): Promise<void> {
    const taken = await this.controller.submit(update(objects, complete), { prune: true, source: "own" });
    if (!taken.ok) throw new Error(taken.message);
    await this.settle();
  }
  /** As after a start: everything declared is taken up. */
  async resume(): Promise<void> {
    await this.controller.resume();
    await this.settle();
  }
  /** As a take-over does: whoever looks as at the last run needs none. */
  async look(count: number): Promise<void> {
    this.controller.engine.enqueue(Array.from({ length: count }, (_, n) => ownerOf(n + 1)));
    await this.settle();
  }
  /** A full run of each, with nothing remembered of the last one. */
  async run(count: number): Promise<void> {
    this.controller.engine.verified.forgetAll();
    await this.look(count);
  }
  async settle(): Promise<void> {
    const { engine } = this.controller;
    await engine.settle();
    const open = [...engine.standing].filter(([, s]) => !s.settled);
    if (open.length > 0) throw new Error(`${open.length} are not settled, ${open[0]?.[0]} is the first`);
  }
  /** Answers how many differ; they are repaired next. */
  async scan(): Promise<number> {
    let drifted = 0;
    await scan({
      controller: this.controller,
      installation: INSTALLATION,
      signal: new AbortController().signal,
      on: (e) => {
        if (e.event === "scan") drifted += e.drifted;
      },
    });
    return drifted;
  }
}

export interface Scene {
  readonly world: World;
  readonly radius: RadiusDatabase;
  /** Tenant, system and plans. */
  readonly ground: readonly SourceObject[];
  /** Stops the controller and starts another on the same databases. */
  restart(): Promise<World>;
  /** What a database that has been in service for a minute knows by itself. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

export async function openScene(server: string, home: string): Promise<Scene> {
  const store = await makeDatabase(server);
  const radius = await openRadius(server);
  const ground = [tenant(), system(await withoutCredentials(home, radius.url)), plan("home"), plan("fast", "500Mbps")];
  let world = await World.start({ store: store.url.href, home });
  return {
    get world() {
      return world;
    },
    radius,
    ground,
    async restart() {
      await world.stop();
      world = await World.start(world.place);
      return world;
    },
    async analyze() {
      await radius.pool.query("analyze");
      await world.installation.calls.query("analyze", "analyze");
    },
    async close() {
      await world.stop();
      await radius.close();
      await store.drop();
    },
  };
}

/** An ExternalSystem carries no credentials: they go into files, as a person would keep them. */
async function withoutCredentials(home: string, url: URL): Promise<string> {
  const { username, password } = url;
  await writeSecret(home, CREDENTIALS, { username, password });
  return Object.assign(new URL(url), { username: "", password: "" }).href;
}
export async function writeSecret(
  home: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = join(home, "secrets", namespace, name);
  await mkdir(folder, { recursive: true });
  for (const [key, value] of Object.entries(values)) await writeFile(join(folder, key), decodeURIComponent(value));
}
