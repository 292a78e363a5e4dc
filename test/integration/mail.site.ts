/** A provider whose customers are told what happens, with a real mail server; and controllers that die on the way. */
import type {
  ExternalSystem,
  LastmileObject,
  Subscriber,
  TenantSystemsMail,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import type { Controller } from "../../controller/engine/controller.ts";
import { openInstallation } from "../../controller/main.ts";
import type { Mail } from "../../controller/store/outbox.ts";
import type { Store } from "../../controller/store/store.ts";
import type { Faults } from "../lab/faults.ts";
import { radius, snapshot, sub, tenant } from "./objects.ts";
import type { Site } from "./site.ts";

export const mailSystem = (address: string, spec: Partial<ExternalSystem["spec"]> = {}): ExternalSystem => {
  const { radius: _, ...made } = radius("postgresql://x/y").spec;
  const mail = { from: "isp@acme.example", replyTo: "help@acme.example" };
  const { credentialsRef: _none, ...rest } = made;
  return {
    apiVersion: "lastmile.dev/v1alpha1",
    kind: "ExternalSystem",
    metadata: { name: "mail-1" },
    spec: { ...rest, type: "Mail", address, mail, ...spec },
  };
};
export const customer = (name: string, spec: Partial<Subscriber["spec"]> = {}): Subscriber =>
  sub(name, {
    customer: { id: `C-${name}`, name: `Zoë ${name}`, email: `${name}@example.com`, language: "en" },
    ...spec,
  });
export const withMail = (site: Site, address: string, more: Partial<TenantSystemsMail> = {}) => {
  const { systems } = tenant().spec;
  return (...subscribers: readonly Subscriber[]): readonly LastmileObject[] => [
    tenant({ systems: { ...systems, mail: [{ name: "mail-1", ...more }] } }),
    radius(site.radius.url),
    mailSystem(address),
    plan(),
    ...subscribers,
  ];
};
export const deliver = (site: Site): Promise<void> => site.controller.deliver(new AbortController().signal);
/** Oldest first. */
export async function outboxOf(site: Site, name: string): Promise<readonly Mail[]> {
  return (await site.installation.store.mail({ owner: site.subscriber(name), limit: 100 })).toReversed();
}
export const told = async (site: Site, name: string): Promise<readonly string[]> =>
  (await outboxOf(site, name)).map((m) => `${m.notice} ${m.state}`);

/** Every call of the store passes the faults. */
const guarded = (store: Store, faults: Faults): Store =>
  new Proxy(store, {
    get(target, name: keyof Store) {
      const verb = target[name] as (...args: unknown[]) => unknown;
      // What is read in pages, or before the run, is not what is to be survived here.
      if (name === "statusSince") return verb;
      return (...args: unknown[]) => faults.guard(name, async () => verb(...args));
    },
  });

/** One process from its start to its end, or to its death. */
export async function live(
  site: Site,
  objects: readonly LastmileObject[],
  faults: Faults,
  work: (c: Controller) => Promise<void> = (c) => c.deliver(new AbortController().signal),
): Promise<void> {
  const installation = await openInstallation(site.settings);
  await installation.leases.acquire(300_000);
  const controller = installation.controller({ store: guarded(installation.store, faults), onError: () => "stop" });
  try {
    await controller.load();
    await controller.resume();
    await controller.submit(snapshot(objects), { prune: true, source: "own" });
    await controller.engine.settle(20_000);
    await work(controller);
  } catch (e) {
    if (!faults.dead) throw e;
  } finally {
    controller.engine.close();
    await controller.endpoints.close();
    await installation.close();
  }
}
