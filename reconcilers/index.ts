/** One line per system. */
import { billing } from "./billing/index.ts";
import { fieldwork } from "./fieldwork/index.ts";
import { genieacs } from "./genieacs/index.ts";
import { mail } from "./mail/index.ts";
import { netbox } from "./netbox/index.ts";
import { radius } from "./radius/index.ts";
import { bind, type Configure } from "./system.ts";
import { voltha } from "./voltha/index.ts";

/** By `ExternalSystem.spec.type`. */
export const systems: ReadonlyMap<string, Configure> = new Map([
  bind(netbox),
  bind(radius),
  bind(voltha),
  bind(genieacs),
  bind(billing),
  bind(fieldwork),
  bind(mail),
]);
