/** The chapters of a provider with an address plan and a bill: what is chosen elsewhere, and what happens when it cannot be. */
import { appendFile, cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { table } from "../../controller/cli/render/table.ts";
import { place } from "./demo-scene.ts";
import { ROOT, type Stage } from "./demo-stage.ts";
import { chapter, edit, expectExit, makeVrf, say } from "./demo-telling.ts";

const FILE = "hillnet/subscribers.yaml";
/** Seconds to wait for what is tried again. */
const SOON = "3";

export async function tellHillnet(stage: Stage): Promise<void> {
  await arrive(stage);
  await runOut(stage);
  await loseNetbox(stage);
}

async function arrive(s: Stage): Promise<void> {
  chapter(s, "6. A third provider: addresses from NetBox, VLANs from a pool, and a bill");
  say(
    s,
    "NetBox is played by a stand-in, which answers as a recording of NetBox 4.7.3 does; `make test-netbox` runs the real one.",
  );
  await cp(join(ROOT, "test/lab/demo/hillnet"), join(s.scene.folder, "hillnet"), { recursive: true });
  for (const [name, at] of Object.entries(s.hillnet.places))
    await place(s.scene.folder, s.scene.env["LASTMILE_SECRETS"]!, name, at);
  s.io.out(s.io.paint(["bold", "cyan"], `$ cp -r test/lab/demo/hillnet ${s.folder}`));
  await makeVrf(s, "netbox-hillnet", "hill");
  await expectExit(s, 0, "init", s.folder);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  say(s, "Chosen by NetBox and by the pool, written into RADIUS, and billed from now on:");
  await showCustomers(s);
}

async function runOut(s: Stage): Promise<void> {
  chapter(s, "7. The pool is full, and heals");
  say(s, "Two newcomers, and one address is left.");
  await enrol(s, 3, "clara");
  await enrol(s, 4, "david");
  await expectExit(s, 1, "apply", s.folder, "--yes", "--timeout", SOON);
  await expectExit(s, 0, "explain", "david");
  await showCustomers(s);
  say(s, "The pool gets a second network, and nothing else is said:");
  await edit(s, "hillnet/tenant.yaml", "hillnet", "prefixes: [10.20.0.0/29]", "prefixes: [10.20.0.0/29, 10.20.1.0/28]");
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await showCustomers(s);
}

async function loseNetbox(s: Stage): Promise<void> {
  chapter(s, "8. NetBox goes away, and returns");
  s.hillnet.gate.shut = true;
  say(s, "Nobody answers there. Alma orders more speed, and Emil is new.");
  await edit(s, FILE, "alma", "planRef: { name: hill-100 }", "planRef: { name: hill-500 }");
  await enrol(s, 5, "emil");
  await expectExit(s, 1, "apply", s.folder, "--yes", "--timeout", SOON);
  say(s, "What RADIUS knows needs no NetBox: Alma has her speed. Emil waits, and everybody else stays in service.");
  await expectExit(s, 0, "explain", "emil");
  s.hillnet.gate.shut = false;
  say(s, "It is back. A running controller would have gone on by itself.");
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await showCustomers(s);
}

/** Another document at the end of the file, shown as a diff. */
async function enrol(s: Stage, n: number, name: string): Promise<void> {
  const [first = ""] = (await readFile(join(s.scene.folder, FILE), "utf8")).split("---\n");
  const document = first
    .replace(/^#.*\n/, "")
    .replaceAll("alma", name)
    .replaceAll(
      "Alma",
      name.replace(/^./, (c) => c.toUpperCase()),
    )
    .replaceAll("hn-1", `hn-${n}`)
    .replaceAll("0001", `000${n}`)
    .replaceAll("A001", `A00${n}`);
  await appendFile(join(s.scene.folder, FILE), `---\n${document.replace("hill-500", "hill-100")}`);
  s.io.out(s.io.paint("bold", `${join(s.folder, FILE)}:`));
  s.io.out(s.io.paint("green", `+ metadata: { name: ${name}, namespace: isp-hillnet } …\n`));
}

interface Listed {
  readonly items: readonly Subscriber[];
}
/** What the status says, beside what NetBox and billing really hold. */
async function showCustomers(s: Stage): Promise<void> {
  const { items } = (await s.ask("get", "sub", "-n", "isp-hillnet")) as Listed;
  const bills = new Map((await s.hillnet.billing(BILLS)).map(([number = "", ...bill]) => [number, bill.join(" ")]));
  const inNetbox = new Map(
    s.hillnet.netbox.db
      .rows("ipam/ip-addresses")
      .map((r) => [r.custom["lastmile_subscriber"], `address ${r.id}, ${r.values["status"]}`]),
  );
  const rows = items.map(({ metadata, spec, status }) => [
    metadata.name,
    status?.addresses?.ipv4 ?? "",
    status?.addresses?.delegatedPrefix ?? "",
    status?.network?.vlan ?? "",
    inNetbox.get(spec.subscriberNumber) ?? "",
    bills.get(spec.subscriberNumber) ?? "",
    status?.conditions?.find((c) => c.type === "Ready")?.reason ?? "",
  ]);
  s.io.out(`${table(["name", "IPv4", "IPv6 prefix", "VLAN", "in NetBox", "in billing", "reason"], rows)}\n`);
}
const BILLS = `select s.number, v.state, p.amount, p.currency from billing.subscriptions s
  join billing.services v using (tenant, number)
  join lateral (select * from billing.prices p where p.subscription_id = s.id order by valid_from desc limit 1) p on true`;
