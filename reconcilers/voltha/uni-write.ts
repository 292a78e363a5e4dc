/** Writing ports, and reading back what became of it: the controller says 200 to much that it does not do. */
import type { Observed } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Order, Outcome } from "../system.ts";
import type { Line, Port } from "./controller.ts";
import { isThere, isUp } from "./device.ts";
import { inGroups, type Job } from "./groups.ts";
import { serialOf } from "./names.ts";
import { whereabouts } from "./plant.ts";
import { repair } from "./repair.ts";
import { nameOf, readService, type Service } from "./service.ts";
import { shown } from "./shown.ts";
import type { Site } from "./site.ts";
import { type Step, stepsTo, target } from "./target.ts";
import { type View, viewsOf } from "./view.ts";

export async function applyUnis(
  site: Site,
  orders: readonly Order[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const views = await viewsOf(site, orders, signal);
  const profiles = profilesOf(site, signal);
  const jobs = orders.map((order, n): Job => {
    const view = views[n]!;
    const brings = order.action !== "retire" && order.action !== "destroy";
    return { view, brings, write: () => write(site, order, view, profiles, signal) };
  });
  const done = await inGroups(site, jobs, signal);
  const after = await viewsOf(site, orders, signal);
  return orders.map((order, n) => done[n] ?? verified(site, order, after[n]!));
}

type HasProfile = (id: string) => Promise<boolean>;
/** Each is looked for once in a batch. */
function profilesOf({ controller }: Site, signal: AbortSignal): HasProfile {
  const asked = new Map<string, Promise<boolean>>();
  return (id) => {
    const known = asked.get(id) ?? controller.profile(id, signal).then((p) => p !== undefined);
    asked.set(id, known);
    return known;
  };
}

async function write(site: Site, order: Order, view: View, has: HasProfile, signal: AbortSignal): Promise<void> {
  if (order.action === "retire") return quiet(site, view, signal);
  if (order.action === "destroy") {
    await quiet(site, view, signal);
    if (view.name !== undefined && (view.held.length > 0 || view.isStray))
      await site.controller.clear(view.name, signal);
    return site.memory.forget(view.ref.key);
  }
  const [port] = view.places;
  if (!view.onu || !port) throw awaiting(view);
  if (view.isStray) await site.controller.clear(port.name, signal);
  const lines = view.wanted ? target(view.wanted) : [];
  const steps = stepsTo(lines, view.held);
  await need(
    steps.filter((s) => s.act === "add").map((s) => s.service),
    has,
  );
  if (steps.length > 0) await run(site, view, port, steps, lineOf(order), signal);
  else if ("flows" in order.patch) await repair(site, view, port, signal);
}

/** VGC drops a service whose profile it does not know, and says nothing. */
async function need(services: readonly Service[], has: HasProfile): Promise<void> {
  for (const id of new Set(services.flatMap((s) => [s.up, s.down])))
    if (!(await has(id))) throw fault("Unavailable", `bandwidth profile ${id} is not there yet`);
}
const lineOf = ({ spec, patch }: Order): Line => {
  const said = spec ?? patch;
  return { circuitId: String(said["circuitId"] ?? ""), remoteId: String(said["remoteId"] ?? "") };
};
function awaiting({ ref, wanted, plant }: View): Fault {
  const serial = serialOf(ref.key);
  return fault("AwaitingDevice", wanted?.how ? whereabouts(plant, serial, wanted.how) : `ONU ${serial} is not there`);
}

/** What is uncertain is no reason to stop half way, with the customer out of service: every step may be taken twice. */
async function run(
  { controller, memory: { landings } }: Site,
  view: View,
  port: Port,
  steps: readonly Step[],
  line: Line,
  signal: AbortSignal,
): Promise<void> {
  const { key } = view.ref;
  const brings = steps.some((s) => s.act === "add" || s.act === "activate");
  if (brings) landings.arriving.add(key);
  landings.wrote(key);
  const uncertain: Fault[] = [];
  const flows = flowsOf(view);
  for (const { act, service } of steps) {
    if (act === "deactivate") landings.took(serialOf(key));
    const leaving = flows(act, service);
    // Behind an OLT that is down nothing leaves, and when it is back nothing of it is there.
    if (isReached(view)) for (const one of leaving) await controller.taken(port, one, signal);
    const done = act === "add" ? controller.add(port, service, line, signal) : controller[act](port, service, signal);
    await done.catch((e: unknown) => {
      if (!(e instanceof Fault) || e.kind !== "Unknown") throw e;
      uncertain.push(e);
    });
  }
  landings.wrote(key);
  if (uncertain[0]) throw uncertain[0];
}

/** Step by step, those whose flows have to be off the port before the next one is activated. */
function flowsOf({ held }: View): (act: Step["act"], service: Service) => readonly Service[] {
  let leaving = held.filter((h) => !h.active).map((h) => h.service);
  const staying = new Map(held.filter((h) => h.active).map((h) => [h.service.name, h.service]));
  // Of one inner VLAN VGC has one number: while another service of the port has it, nobody can tell whose flow it is.
  const isAnothers = (one: Service, next: Service): boolean =>
    [...staying.values()].some((s) => s.name !== next.name && s.name !== one.name && s.cTag === one.cTag);
  return (act, service) => {
    staying.delete(service.name);
    if (act === "deactivate") leaving.push(service);
    if (act !== "activate") return [];
    const gone = leaving.filter((one) => !isAnothers(one, service));
    leaving = [];
    staying.set(service.name, service);
    return gone;
  };
}
const isReached = ({ onu }: View): boolean => onu?.root !== undefined && isUp(onu.root);

/** Out of service, and remembered there. */
async function quiet({ controller, memory: { landings } }: Site, view: View, signal: AbortSignal): Promise<void> {
  const { ref, places } = view;
  const [port] = places;
  if (!port) return;
  landings.took(serialOf(ref.key));
  for (const h of view.held) if (h.active) await controller.deactivate(port, h.service, signal);
  if (view.isStray) await controller.clear(port.name, signal);
  landings.forget(ref.key);
  landings.wrote(ref.key);
}

function verified(site: Site, order: Order, view: View): Outcome {
  const there = new Set(view.held.filter((h) => h.active).map((h) => h.line));
  if (order.action === "destroy") {
    const left = view.isStray ? ["services of the port"] : view.held.map((h) => nameOf(h.service));
    return left.length > 0 ? refused("keeps", left) : null;
  }
  if (order.action === "retire") return there.size > 0 ? refused("keeps", [...there]) : (shown(site, view) ?? null);
  return lacking(view, there) ?? inPlace(site, view);
}
function lacking({ wanted, onu }: View, there: ReadonlySet<string>): Fault | undefined {
  const lacks = (wanted ? target(wanted) : []).filter((line) => !there.has(line));
  if (lacks.length === 0) return undefined;
  // Its port appears with its first start; what was sent is kept until then.
  if (onu && !isThere(onu.device))
    return fault("AwaitingDevice", `ONU ${onu.device.serialNumber} has not come up yet, so its port is not known`);
  return refused(
    "does not have",
    lacks.map((line) => nameOf(readService(line)!)),
  );
}
function inPlace(site: Site, view: View): Outcome {
  const now = shown(site, { ...view, isWanted: true }) ?? fault("Lost", `${view.ref.key} is not there any more`);
  return now instanceof Fault || now.state["flows"] !== "arriving" ? now : unfinished(now);
}
/** No failure, and nothing that is in place yet: who is billed from now on would pay for nothing. */
function unfinished({ ref, facts }: Observed): Fault {
  const { serial, reason } = { serial: ref.key, reason: "it is not there", ...facts };
  return new Fault("Waiting", "AwaitingDevice", `ONU ${serial} has not set up its services yet: ${reason}`, {
    remedy: "it goes on when the ONU has them",
    ...(facts && { facts }),
  });
}
const refused = (what: string, services: readonly string[]): Fault =>
  fault("NotConverging", `the controller took the request and ${what} ${services.join(", ")}`);
