/** A world whose third system is GenieACS with a router for each subscriber; every request can be the last one. */
import type pg from "pg";
import type { Desired, Subject } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Options } from "../../controller/engine/engine.ts";
import { resources } from "../../reconcilers/genieacs/resources.ts";
import { guarded, open, plugOf, sessionAt } from "../contract/genieacs.rig.ts";
import { cpe, ENDPOINT, secretsOf, serialOf, wanted } from "../contract/genieacs.subjects.ts";
import { Faults } from "../lab/faults.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import type { GenieacsLab } from "../lab/genieacs/server.ts";
import { type Facts, type Lease, World } from "../lab/world.ts";

const VLAN = "DeviceInfo.ProvisioningCode";
const OURS = /^(lm_|lmo_|lmw_|decommissioned-)/;

export class GenieacsWorld extends World {
  readonly #lab: GenieacsLab;
  readonly #routers = new Map<string, Cpe>();

  /** The routers of the last world are no more. */
  constructor(pool: pg.Pool, lab: GenieacsLab) {
    super(pool);
    this.#lab = lab;
    for (const d of lab.devices()) for (const tag of lab.tagsOf(String(d["_id"]))) if (OURS.test(tag)) d["_tags"] = [];
  }
  override subject(n: number, f: Facts = {}): Subject {
    const subject = super.subject(n, f);
    if (!this.#routers.has(serialOf(n))) this.#routers.set(serialOf(n), this.#lab.plug(plugOf(n)));
    return { ...subject, desired: subject.desired.map((d) => (d.ref.system === "pon" ? router(n, f) : d)) };
  }
  override async controller(faults = new Faults(), extra: Partial<Options> = {}, lease: Lease = {}) {
    const made = await super.controller(faults, extra, lease);
    const http = guarded(open(this.#lab.url), faults);
    made.engine.ports.open(ENDPOINT, {
      resources: resources(sessionAt(this.#lab.url, http)),
      slots: 4,
      ping: async () => ({ version: "stand-in" }),
      close: async () => http.close(),
    });
    return made;
  }
  override async census() {
    const all = await super.census();
    const ours = [...this.#routers.values()].filter((r) => this.#lab.tagsOf(r.id).some((t) => OURS.test(t)));
    const live = ours.filter((r) => this.#lab.tagsOf(r.id).some((t) => t.startsWith("lm_")));
    return {
      ...all,
      onus: ours.length,
      vlans: [...new Set(ours.map((r) => r.get(`Device.${VLAN}`)))].join(),
      live: `${all.live.split("/").slice(0, 2).join("/")}/${live.length}`,
    };
  }
}

function router(n: number, { vlan = "100" }: Facts): Desired {
  return wanted(
    n,
    cpe(serialOf(n), {
      templates: ["residential_fiber"],
      settings: [
        { name: VLAN, value: vlan, management: "Enforce" },
        { name: "wifi.1.ssid", value: `Home ${vlan}`, management: "Seed" },
        { name: "pppoe.password", value: new Sensitive(secretsOf(n)[0]!), management: "Enforce" },
      ],
    }),
  );
}
