/** A port, as the engine sees it. */
import type { Observed } from "../../controller/core/model.ts";
import type { FlowStatus } from "./controller.ts";
import { PORT_DOWN } from "./dark.ts";
import { PUSHED } from "./desired.ts";
import { isThere } from "./device.ts";
import type { Verdict } from "./flows.ts";
import { serialOf } from "./names.ts";
import { factsOf } from "./onu.ts";
import type { Service } from "./service.ts";
import type { Site } from "./site.ts";
import { look, target } from "./target.ts";
import { verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** Undefined: nothing is on the port, and it is sure. */
export function shown(site: Site, view: View): Observed | undefined {
  const { held, wanted } = view;
  if (held.length > 0) return observed(site, view);
  if (!wanted || !view.isWanted) return stray(view);
  // Nothing is to be there; or an OLT that is shaken has its services under another name for a while.
  if (target(wanted).length === 0) return as(view, wanted.services, wanted.suspended, "unjudged");
  const isKnown = view.id !== undefined && site.storms.of(wanted.how?.olt) !== "Up";
  return isKnown ? as(view, wanted.services, wanted.suspended, "unjudged") : stray(view);
}

/** Of no use where it is, and in the way: VGC takes nothing for a port that has it already. */
function stray(view: View): Observed | undefined {
  if (!view.isStray) return undefined;
  return { ...as(view, [], false, "unjudged"), retired: view.status === "DISABLED_IN_CONTROLLER" && !view.isWanted };
}

function observed(site: Site, view: View): Observed {
  const { held, wanted } = view;
  const active = held.filter((h) => h.active);
  const retired = active.length === 0;
  const { services, suspended } = look((retired ? held : active).map((h) => h.line).sort(), wanted);
  const flows = verdict(site, view);
  if (flows === "pushed") site.memory.landed(view.ref.key);
  // The order that follows knows it by the id that is shown here.
  else if (view.id === undefined && !retired) site.memory.landings.arriving.add(view.ref.key);
  return { ...as(view, services, suspended, flows), retired };
}

function as(view: View, services: readonly string[], suspended: boolean, flows: Verdict): Observed {
  const { ref, onu } = view;
  const onPort = view.held.filter((h) => h.active).map((h) => nameOf(h.service));
  return {
    ref,
    id: ref.key,
    token: undefined,
    retired: false,
    state: {
      onu: serialOf(ref.key),
      services,
      flows: flows === "unjudged" ? PUSHED : flows,
      ...(suspended && { suspended }),
    },
    outputs: {},
    facts: {
      ...(onu && factsOf(onu)),
      ...(view.isDark && onu && isThere(onu.device) && { reason: PORT_DOWN }),
      flowStatus: statusOf(view, flows),
      services: onPort.sort().join(", "),
    },
  };
}
/** VGC's own word, unless it says that all is well after the flows were lost. */
function statusOf({ held, onu, status }: View, flows: Verdict): FlowStatus {
  if (status !== undefined && status !== "ALL_FLOWS_PROVISIONED") return status;
  if (held.length === 0) return "NOT_IN_CONTROLLER";
  if (!held.some((h) => h.active)) return "DISABLED_IN_CONTROLLER";
  if (flows === "pushed") return "ALL_FLOWS_PROVISIONED";
  const isOnItsWay = flows !== "missing" && onu !== undefined && isThere(onu.device);
  return isOnItsWay ? "FLOWS_PROVISIONED_PARTIALLY" : "NO_FLOWS_PROVISIONED";
}
const nameOf = ({ name }: Service): string => name;
