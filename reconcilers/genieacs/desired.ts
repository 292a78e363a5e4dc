/** Pure: what GenieACS should hold for a subject. */
import { type Desired, output, type Spec } from "../../controller/core/model.ts";
import { tenantTemplate } from "../../controller/core/resolve/managed.ts";
import type {
  CpeMapping,
  CpeSetting,
  ResolvedCpe,
  ResolvedSubject,
  ResolvedTenant,
} from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../errors.ts";
import { isPlain } from "./serials.ts";
import { declared } from "./values.ts";

/** Fields of a device that are no values of its data model. */
export const TEMPLATES = "templates";
export const MARKING = "marking";
/** Remembered at the device: at its end nobody may know the tenant any more. */
export const ON_RETIRE = "onRetire";
const RESERVED: ReadonlySet<string> = new Set([TEMPLATES, MARKING, ON_RETIRE]);
export const isValue = (name: string): boolean => !RESERVED.has(name);

/** How the fields of a device are read and written: `Desired.how`. */
export interface How {
  readonly serial: string;
  readonly oui: string | undefined;
  readonly productClass: string | undefined;
  /** Written at installation, after a factory reset and when the declared value changes, and never read: seeds and secrets. */
  readonly once: ReadonlySet<string>;
  readonly mappings: readonly CpeMapping[];
}
export const isHow = (how: unknown): how is How => typeof how === "object" && how !== null && "once" in how;

/** @throws Fault `BadValue` for what no device can be told. */
export function desired(subject: ResolvedSubject, endpoint: string): readonly Desired[] {
  if (subject.scope === "tenant") return templates(subject, endpoint);
  if (subject.scope === "plan" || subject.state === "Terminated") return [];
  return subject.cpe?.ref.system === endpoint ? [device(subject.cpe)] : [];
}

/** In a query a comma would be two names. */
const PATH = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

function device(cpe: ResolvedCpe): Desired {
  if (!isPlain(cpe.serial))
    throw fault("BadValue", "the CPE's serial has a character that GenieACS reads as a pattern");
  const odd = cpe.settings.find(({ name }) => !PATH.test(name));
  if (odd)
    throw fault("BadValue", `the CPE's parameter ${JSON.stringify(odd.name)} is no path without its root object`);
  const settings = cpe.settings.map(hidden);
  const spec: Spec = {
    [MARKING]: true,
    [ON_RETIRE]: cpe.onRetire,
    [TEMPLATES]: cpe.templates.length > 0 ? [...new Set(cpe.templates)].sort() : null,
    ...Object.fromEntries(settings.map((s) => [s.name, declared(s)])),
  };
  const how: How = {
    serial: cpe.serial,
    oui: cpe.oui,
    productClass: cpe.productClass,
    once: new Set(settings.filter(writtenOnce).map((s) => s.name)),
    mappings: cpe.mappings,
  };
  return { ref: cpe.ref, spec, how };
}
/** Neither what is declared nor what stands there is for a plan to show. */
const SECRET = /password|passphrase|presharedkey|secret|(^|\.)key$/i;
const hidden = (s: CpeSetting): CpeSetting =>
  SECRET.test(s.name) && typeof s.value === "string" ? { ...s, value: new Sensitive(s.value) } : s;
export const isOnce = (how: How, name: string): boolean => how.once.has(name);
const writtenOnce = ({ management, value }: CpeSetting): boolean => management === "Seed" || value instanceof Sensitive;

/** GenieACS is one for all its tenants: tags and names begin with the tenant. */
function templates({ owner, templates }: ResolvedTenant, endpoint: string): readonly Desired[] {
  return templates.flatMap(({ name, script, weight }) => {
    const key = tenantTemplate(owner.tenant, name);
    const provision = { system: endpoint, resource: "provision", key };
    const preset = { system: endpoint, resource: "preset", key };
    return [
      { ref: provision, spec: { [MARKING]: true, script } },
      { ref: preset, spec: { [MARKING]: true, tag: key, weight, provision: output(provision, "name", key) } },
    ];
  });
}
