/** The systems of the story: databases and an SMTP server that are real, stand-ins made from recordings, and one time for all. */
import type { ExternalSystem } from "../../controller/api/types.generated.ts";
import { technician } from "../contract/fieldwork.subjects.ts";
import { signal } from "../contract/hand.ts";
import { open } from "../contract/netbox.rig.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { type Gate, openGate } from "../lab/gate.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { type LabNas, labNas } from "../lab/radius/nas.ts";
import { type Mailbox, openMailbox } from "../lab/smtp.ts";
import { startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import { mailSystem } from "./mail.site.ts";
import { radius, SYSTEM, system } from "./objects.ts";
import { Site } from "./site.ts";
import { type SimulatedClock, simulate } from "./story.clock.ts";
import { acsSystem, credentials, databaseSystem, plugOlts, volthaSystem } from "./systems.ts";

const NAS_SECRET = "n4s-s3cret";

export interface Parts {
  readonly clock: SimulatedClock;
  readonly site: Site;
  readonly books: FreshDatabase;
  readonly field: FreshDatabase;
  readonly netbox: Standin;
  readonly gate: Gate;
  readonly acs: GenieacsLab;
  readonly voltha: VolthaLab;
  readonly nas: LabNas;
  readonly box: Mailbox;
}
export async function openParts(start: string): Promise<Parts> {
  const clock = await simulate(Date.parse(start));
  const [site, books, field, netbox, acs, voltha, box] = await Promise.all([
    ...[Site.open(), freshDatabase("template1"), freshDatabase("template1"), startStandin()],
    ...[startGenieacs(), startVoltha(), openMailbox()],
  ] as const);
  for (const db of [site.radius, books, field]) await clock.follow(db);
  const gate = await openGate(netbox.url);
  const nas = await labNas(NAS_SECRET, site.radius.pool);
  const parts = { clock, site, books, field, netbox, gate, acs, voltha, nas, box };
  await ground(parts);
  return parts;
}
export async function closeParts({
  site,
  books,
  field,
  gate,
  acs,
  voltha,
  netbox,
  nas,
  box,
  clock,
}: Parts): Promise<void> {
  await site.close();
  await Promise.all([books.drop(), field.drop(), gate.close(), acs.close(), voltha.close(), nas.close(), box.close()]);
  await netbox.close();
  clock.stop();
}

async function ground(parts: Parts): Promise<void> {
  const { site, books, field, netbox, voltha } = parts;
  plugOlts(voltha);
  const hands = open(netbox.url, netbox.token);
  await hands.send("POST", "/api/ipam/vrfs/", { name: "internet" }, signal);
  hands.close();
  await site.secret("netbox-1", "token", netbox.token, SYSTEM);
  await site.secret("nas", "secret", NAS_SECRET, SYSTEM);
  await site.credentials(books.url, "billing-1");
  await site.credentials(field.url, "tickets-1");
  for (const s of systemsOf(parts).filter(({ spec }) => spec.type !== "RADIUS"))
    await site.controller.endpoints.prepare(s, AbortSignal.timeout(60_000));
}
/** As they are declared. */
export function systemsOf({ site, books, field, gate, acs, voltha, nas, box }: Parts): readonly ExternalSystem[] {
  const made = radius(site.radius.url);
  const [bng1] = made.spec.radius!.nas;
  const secretRef = { namespace: SYSTEM, name: "nas", key: "secret" };
  const live = { ...bng1!, address: "127.0.0.1", vendor: "MikroTik" as const, coaPort: nas.port, secretRef };
  const { areas: _, ...ada } = technician("ada");
  return [
    { ...made, spec: { ...made.spec, radius: { nas: [live] } } },
    system("netbox-1", { type: "NetBox", address: gate.url, ...credentials("netbox-1") }),
    databaseSystem("billing-1", "Billing", books),
    databaseSystem("tickets-1", "Tickets", field, { tickets: { technicians: [ada, { ...ada, name: "ben" }] } }),
    acsSystem(acs),
    volthaSystem(voltha),
    mailSystem(box.address),
  ];
}
