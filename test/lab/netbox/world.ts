/** A world whose addresses come from the stand-in for NetBox, and whose every request can be the last one. */
import type pg from "pg";
import { type Desired, output, type Subject } from "../../../controller/core/model.ts";
import type { Options } from "../../../controller/engine/engine.ts";
import { namesOf } from "../../../reconcilers/netbox/names.ts";
import { resources } from "../../../reconcilers/netbox/resources.ts";
import { guarded, open } from "../../contract/netbox.rig.ts";
import { allocation, ENDPOINT, v4 } from "../../contract/netbox.subjects.ts";
import { Faults } from "../faults.ts";
import { type AddressRow, type Facts, type Lease, World } from "../world.ts";
import { models } from "./models.ts";
import type { Standin } from "./server.ts";

const PATH = "ipam/ip-addresses";
const addresses = models.find((m) => m.path === PATH)!;

export class NetboxWorld extends World {
  readonly #standin: Standin;

  /** Gateways and pools stay where they are; what subscribers had goes. */
  constructor(pool: pg.Pool, standin: Standin) {
    super(pool);
    this.#standin = standin;
    for (const { id } of this.#rows()) standin.db.remove(addresses, id);
  }
  #rows() {
    return this.#standin.db.rows(PATH).filter((r) => r.custom["lastmile_subscriber"]);
  }
  override addressRows(): readonly AddressRow[] {
    return this.#rows().map((r) => ({
      token: String(r.custom["lastmile_marker"]),
      address: String(r.values["address"]).split("/")[0]!,
      retired: r.values["status"] === "deprecated",
    }));
  }
  override subject(n: number, f: Facts = {}): Subject {
    const subject = super.subject(n, f);
    const taken = allocation(n, { slot: "ipv4", holds: "address", value: undefined, pool: v4 }, f.rate !== undefined);
    return { ...subject, desired: subject.desired.map((d) => moved(d, { ref: taken.ref, spec: taken.spec })) };
  }
  override async controller(faults = new Faults(), extra: Partial<Options> = {}, lease: Lease = {}) {
    const made = await super.controller(faults, extra, lease);
    const http = guarded(open(this.#standin.url, this.#standin.token), faults);
    made.engine.ports.open(ENDPOINT, {
      resources: resources(http, ENDPOINT, namesOf(http)),
      slots: 4,
      ping: async () => ({ version: "stand-in" }),
      close: async () => http.close(),
    });
    return made;
  }
}
function moved(d: Desired, taken: Desired): Desired {
  if (d.ref.system === "addr") return taken;
  return d.ref.system === "acct" ? { ...d, spec: { ...d.spec, address: output(taken.ref, "address") } } : d;
}
