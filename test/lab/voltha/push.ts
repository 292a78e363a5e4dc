/** Flows on their way: from a controller into rw_core, and from there into the tables of the ONU. */
import { become, type Core, type Logical, type LogicalPort, type Onu, walk } from "./core.ts";
import { areTwins, type Flow, flowsOf, isUntranslated, keyOf, type Tags } from "./flows.ts";
import { NNI } from "./plant.ts";

export class NotReady extends Error {}

export const flowsFor = (logical: Logical, port: LogicalPort, tags: Tags): readonly Flow[] =>
  flowsOf({ uni: port.no, nni: logical.olt.box?.nni ?? NNI }, tags);
const works = ({ olt }: Logical): boolean => olt.admin === "ENABLED" && olt.connect === "REACHABLE";

/** @throws NotReady; what rw_core holds already is not sent to the device again. */
export function pushService(core: Core, logical: Logical, port: LogicalPort, tags: Tags): void {
  if (!core.kafka || !works(logical)) throw new NotReady();
  const held = logical.flows.get(port.no) ?? new Map<bigint, Flow>();
  logical.flows.set(port.no, held);
  const there = [...held.values()];
  const isLost = ({ leg }: Flow): boolean => leg.startsWith("down") && there.some((f) => areTwins(f.tags, tags));
  const missing = flowsFor(logical, port, tags).filter((f) => !held.has(f.id) && !isLost(f));
  for (const flow of missing) held.set(flow.id, flow);
  const onu = port.device;
  if (onu.kind !== "onu" || missing.length === 0) return;
  // Recorded: the ONU waits for it in vain, says nothing, and takes nothing else meanwhile.
  if ([...there, ...missing].some((f) => isUntranslated(f.tags))) return;
  walk(core, onu, [
    () => become(onu, onu.oper, onu.connect, "tech-profile-config-download-success"),
    () => {
      for (const flow of missing) if (isOnus(flow)) onu.box.flows.set(flow.id, flow);
      become(onu, onu.oper, onu.connect, "omci-flows-pushed");
    },
  ]);
}
export const isOnus = (flow: Flow): boolean => flow.leg === "up-onu" || flow.leg === "down-onu";

/**
 * Behind an OLT that does not work rw_core keeps what it was to delete, and later finds it there already.
 * `leaks`: the ONU's first upstream flow is never answered, and stays here and there.
 */
export function pullService(
  core: Core,
  logical: Logical,
  port: LogicalPort,
  tags: Tags,
  how: "clean" | "leaks" = "clean",
): void {
  if (!core.kafka) throw new NotReady();
  const gone = flowsFor(logical, port, tags).filter((f) => how === "clean" || f.leg !== "up-onu");
  if (works(logical)) for (const flow of gone) logical.flows.get(port.no)?.delete(flow.id);
  const onu = port.device;
  if (onu.kind === "onu") core.clock.later(1, () => pulled(onu, gone, keyOf(tags)));
}
function pulled(onu: Onu, gone: readonly Flow[], key: string): void {
  const had = [...onu.box.flows.values()].some((f) => keyOf(f.tags) === key);
  for (const flow of gone) onu.box.flows.delete(flow.id);
  if (onu.admin === "ENABLED")
    become(onu, onu.oper, onu.connect, had ? "tech-profile-config-delete-success" : "omci-flows-deleted");
}
