/** Subscribers with routers, as resolution hands them to GenieACS. */
import type { Desired } from "../../controller/core/model.ts";
import type { Owner } from "../../controller/core/owner.ts";
import { cpeSerial } from "../../controller/core/resolve/serial.ts";
import type { CpeSetting, ResolvedCpe, ResolvedTenant } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { desired } from "../../reconcilers/genieacs/desired.ts";
import { tenantSubject } from "./netbox.subjects.ts";
import { subscriber } from "./radius.subjects.ts";

export const ENDPOINT = "acs-1";
export const owner = (n: number): Owner => subscriber(n).owner;
export const serialOf = (n: number): string => `HW-${String(n).padStart(6, "0")}`;

const SECRETS = ["WIFI-k3y", "DIAL-pass", "OTHER-k3y"];
export const secretsOf = (n: number): readonly string[] => SECRETS.map((s) => `${s}-${n}`);
const secret = (n: number, which: number): Sensitive => new Sensitive(secretsOf(n)[which]!);

/** As a plan with Wi-Fi, PPPoE and one parameter of its own makes them; `edited`: other values, and one less. */
const settings = (n: number, edited = false): readonly CpeSetting[] => [
  { name: "management.informInterval", value: edited ? 900 : 600, management: "Enforce" },
  { name: "pppoe.username", value: `s${n}@acme.example`, management: "Enforce" },
  { name: "pppoe.password", value: secret(n, 1), management: "Enforce" },
  { name: "wifi.2.4GHz.enabled", value: true, management: "Seed" },
  { name: "wifi.2.4GHz.ssid", value: edited ? `Other-${n}` : `Home-${n}`, management: "Seed" },
  { name: "wifi.2.4GHz.key", value: secret(n, edited ? 2 : 0), management: "Seed" },
  ...(edited ? [] : [{ name: "DeviceInfo.ProvisioningCode", value: "res-1", management: "Enforce" as const }]),
];

export function cpe(serial: string, more: Partial<ResolvedCpe> = {}): ResolvedCpe {
  const one = cpeSerial(serial);
  return {
    ref: { system: ENDPOINT, resource: "device", key: one },
    serial: one,
    oui: undefined,
    productClass: undefined,
    templates: ["residential_fiber"],
    settings: [],
    mappings: [],
    onRetire: "Keep",
    ...more,
  };
}
/** What GenieACS is to hold for a subscriber with this router. */
export const wanted = (n: number, router: ResolvedCpe): Desired =>
  desired(subscriber(n, { cpe: router }), ENDPOINT)[0]!;
export const device = (n: number, edited = false): Desired =>
  wanted(n, cpe(serialOf(n), { templates: edited ? [] : ["residential_fiber"], settings: settings(n, edited) }));

export const tenantOwner = tenantSubject().owner;
export const tenant = (templates: ResolvedTenant["templates"], who: Owner = tenantOwner): readonly Desired[] =>
  desired(tenantSubject({ templates, owner: who }), ENDPOINT);
