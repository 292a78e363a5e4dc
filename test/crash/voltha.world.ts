/** A world whose ONUs hang on the stand-in for VOLTHA, and whose every write there can be the last one. */
import type pg from "pg";
import type { Subject } from "../../controller/core/model.ts";
import type { Options } from "../../controller/engine/engine.ts";
import { sessionOf } from "../../reconcilers/voltha/index.ts";
import { signal } from "../contract/hand.ts";
import { open, type Town } from "../contract/voltha.site.ts";
import { ENDPOINT, internet, OLT, onuAndUni, portOf } from "../contract/voltha.subjects.ts";
import { Faults } from "../lab/faults.ts";
import { type Facts, type Lease, World } from "../lab/world.ts";

export class VolthaWorld extends World {
  readonly #town: Town;
  readonly #count: number;
  #isEmpty = false;

  constructor(pool: pg.Pool, town: Town, count: number) {
    super(pool);
    this.#town = town;
    this.#count = count;
  }

  override subject(n: number, f: Facts = {}): Subject {
    const subject = super.subject(n, f);
    const services = [{ ...internet, serviceVlan: Number(f.vlan ?? "100") }];
    // OLT, profiles and ONU are other subjects' here.
    const { ref, spec, how } = onuAndUni(n, { services }).uni;
    return { ...subject, desired: subject.desired.map((d) => (d.ref.system === "pon" ? { ref, spec, how } : d)) };
  }

  /** A read that nobody hears of changes nothing: only writes are worth a death. */
  override async controller(faults = new Faults(), extra: Partial<Options> = {}, lease: Lease = {}) {
    if (!this.#isEmpty) await this.#empty();
    this.#isEmpty = true;
    const made = await super.controller(faults, extra, lease);
    const session = open(this.#town.config, {
      guard: (name, call) => (name === "voltha.read" ? call() : faults.guard(name, call)),
    });
    const all = sessionOf(session.site);
    // The campaign keeps what is out of service until retention ends: that ports are not kept is not seen here.
    const resources = all.resources.map(({ lent: _, ...kept }) => kept);
    made.engine.ports.open(ENDPOINT, { ...all, resources, close: async () => session.close() });
    return made;
  }

  /** VLANs are what the ONUs themselves have, whatever VGC believes. */
  override async census() {
    const { lab, onus } = this.#town;
    await lab.settled();
    const ports = await this.#ports();
    const held = ports.map(({ services }) => services).filter((s) => s.length > 0);
    const live = held.filter((services) => services.some((s) => s.active)).length;
    const all = await super.census();
    return {
      ...all,
      onus: held.length,
      vlans: [...new Set(onus.flatMap((o) => o.services).map((s) => s.ponSTag))].join(),
      live: `${all.live.split("/").slice(0, 2).join("/")}/${live}`,
    };
  }
  async #ports() {
    const { site } = this.#town;
    const root = (await site.plant()).roots.get(OLT.name)!;
    const ports = Array.from({ length: this.#count }, (_, n) => {
      return { name: portOf(n + 1), olt: site.config.olts[0]!, device: root.parentId, number: undefined };
    });
    const found = await site.controller.services(ports, signal);
    return ports.map((port) => ({ port, services: found.get(port) ?? [] }));
  }
  async #empty(): Promise<void> {
    const { site, lab } = this.#town;
    for (const { port, services } of await this.#ports())
      for (const { service } of services) {
        await site.controller.deactivate(port, service, signal);
        await site.controller.remove(port, service, signal);
      }
    await lab.settled();
  }
}
