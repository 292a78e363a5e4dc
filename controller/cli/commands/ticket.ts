/** `lastmile ticket …`: what planners and technicians do with installation tickets. Each act is in the history. */
import type { TicketDesk, TicketDetail, TicketFilter, TicketView } from "../../../reconcilers/tickets.ts";
import type { Controller } from "../../engine/controller.ts";
import type { Installation } from "../../main.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { table } from "../render/table.ts";
import { ticketText } from "../render/ticket.ts";
import { withController } from "../session.ts";
import { whoAmI } from "./secret.ts";

interface ListOptions extends TicketFilter, OutputOption {}

export async function list(cx: Cx, { output, ...filter }: ListOptions): Promise<Exit> {
  return atDesks(cx, async (desks) => {
    const found = await Promise.all(desks.map(({ desk }) => desk.list(filter, cx.signal)));
    const tickets = found.flat().map(({ key: _, ...t }) => t);
    await print(cx.io, output, { tickets }, () => (tickets.length === 0 ? NONE : tableOf(tickets)));
    return EXIT.ok;
  });
}
const NONE = "No tickets.";
const tableOf = (tickets: readonly Omit<TicketView, "key">[]): string =>
  table(
    ["ticket", "tenant", "subscriber", "visit", "state", "priority", "technician", "appointment", "due"],
    tickets.map((t) => [
      ...[t.number, t.tenant, t.subscriber, String(t.visit), t.state, t.priority, t.technician ?? "-", t.scheduledAt],
      t.overdue ? `${t.slaDue} overdue` : t.slaDue,
    ]),
  );

export async function show(cx: Cx, number: string, { output }: OutputOption): Promise<Exit> {
  return atDesks(cx, async (desks) => {
    const { ticket } = await find(desks, number, cx);
    await print(cx.io, output, { ticket }, () => ticketText(ticket));
    return EXIT.ok;
  });
}

export interface ActOptions extends OutputOption {
  readonly result?: string;
}
export const complete = (cx: Cx, number: string, { result, output }: ActOptions): Promise<Exit> =>
  act(cx, number, "complete", output, (desk) => desk.complete(number, result, whoAmI(), cx.signal));
export const cancel = (cx: Cx, number: string, { result, output }: ActOptions): Promise<Exit> =>
  act(cx, number, "cancel", output, (desk) => desk.cancel(number, result, whoAmI(), cx.signal));
export const reschedule = (
  cx: Cx,
  number: string,
  day: string,
  { at, output }: OutputOption & { readonly at?: string },
): Promise<Exit> =>
  act(cx, number, "reschedule", output, (desk) => desk.reschedule(number, { day, at }, whoAmI(), cx.signal));
export const assign = (
  cx: Cx,
  number: string,
  technician: string | undefined,
  { output }: OutputOption,
): Promise<Exit> => act(cx, number, "assign", output, (desk) => desk.assign(number, technician, whoAmI(), cx.signal));

/** One act, and its row in the history of the subscriber. */
async function act(
  cx: Cx,
  number: string,
  action: string,
  output: OutputOption["output"],
  work: (desk: TicketDesk) => Promise<TicketView>,
): Promise<Exit> {
  return atDesks(cx, async (desks, { store }) => {
    const { desk, system, ticket } = await find(desks, number, cx);
    const now = await work(desk);
    if (now.owner !== undefined)
      await store.audit([
        {
          owner: now.owner,
          ref: `${system}/ticket/${now.key}`,
          action,
          changes: changesOf(ticket, now),
          planId: "",
          outcome: "Done",
          at: Date.now(),
          by: { author: whoAmI() },
        },
      ]);
    const { key: _, ...told } = now;
    await print(cx.io, output, { ticket: told }, () => tableOf([told]));
    return EXIT.ok;
  });
}
const SHOWN = ["state", "technician", "scheduledAt"] as const;
const changesOf = (before: TicketView, after: TicketView) =>
  SHOWN.filter((field) => before[field] !== after[field]).map((field) => ({
    ...{ field, before: before[field] ?? "", after: after[field] ?? "" },
  }));

interface At {
  readonly system: string;
  readonly desk: TicketDesk;
}
async function find(desks: readonly At[], number: string, cx: Cx): Promise<At & { readonly ticket: TicketDetail }> {
  for (const at of desks) {
    const ticket = await at.desk.show(number, cx.signal);
    if (ticket) return { ...at, ticket };
  }
  throw new CliError(
    `there is no ticket ${number}`,
    "`lastmile ticket list --state All` shows all of them",
    EXIT.failed,
  );
}

/** The ticket systems that are declared. @throws Fault of one that cannot be reached */
const atDesks = (cx: Cx, work: (desks: readonly At[], i: Installation) => Promise<Exit>): Promise<Exit> =>
  withController(cx, (controller, installation) => work(desksOf(controller), installation));
function desksOf({ declared, endpoints, engine }: Controller): readonly At[] {
  const sessions = engine.ports.sessions();
  const desks: At[] = [];
  for (const { metadata, spec } of declared.systems()) {
    if (spec.type !== "Tickets") continue;
    const contact = endpoints.contact(metadata.name);
    if (contact?.ok === false) throw contact.fault;
    const desk = sessions.get(metadata.name)?.tickets;
    if (desk) desks.push({ system: metadata.name, desk });
  }
  if (desks.length === 0)
    throw new CliError("no ticket system is declared", "declare an ExternalSystem of type Tickets", EXIT.failed);
  return desks;
}
