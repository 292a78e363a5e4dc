/** The chapters of a provider with all five systems: light on the glass, and a router at home. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { table } from "../../controller/cli/render/table.ts";
import { place } from "./demo-scene.ts";
import { digest, ROOT, type Stage } from "./demo-stage.ts";
import { chapter, edit, expectExit, makeVrf, say } from "./demo-telling.ts";

export async function tellLakenet(stage: Stage): Promise<void> {
  await arrive(stage);
  await plugIn(stage);
  await meddle(stage);
}

async function arrive(s: Stage): Promise<void> {
  chapter(s, "9. A fibre provider: all five systems, and a router that is still in its box");
  say(s, "GenieACS and VOLTHA are played by stand-ins, which answer as recordings of the real ones do.");
  await cp(join(ROOT, "test/lab/demo/lakenet"), join(s.scene.folder, "lakenet"), { recursive: true });
  for (const [name, at] of Object.entries(s.lakenet.places)) await place(s.scene.folder, secretsOf(s), name, at);
  await setWifiKey(s, "correct horse battery");
  s.io.out(s.io.paint(["bold", "cyan"], `$ cp -r test/lab/demo/lakenet ${s.folder}`));
  await makeVrf(s, "netbox-lakenet", "lake");
  await expectExit(s, 0, "init", s.folder);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await showHomes(s);
  say(s, "Hanna's router has never reported. That is no failure: everything else is in place, and no bill has begun.");
  await expectExit(s, 0, "explain", "hanna");
}

async function plugIn(s: Stage): Promise<void> {
  chapter(s, "10. Hanna plugs her router in");
  const cpe = s.lakenet.lake.homes[2]!.plugIn();
  say(s, `${cpe.id} reports for the first time. A running controller hears of it within seconds; here we apply.`);
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await showHomes(s);
  const path = "Device.WiFi.SSID.2.SSID";
  say(s, `In the router itself: ${path} = ${cpe.get(path)}.`);
}

async function meddle(s: Stage): Promise<void> {
  chapter(s, "11. An ONU on another port, a new Wi-Fi password, and a hand in a router");
  const [fiona, georg] = s.lakenet.lake.homes;
  georg!.onu.move("LAKE_OLT_1", 1);
  say(s, "A technician has put Georg's ONU on PON 1, where it hangs: VOLTHA remembers it on PON 0. So it is declared:");
  const at = "onu: { olt: lake-olt1, serial: LAKE00000002";
  await edit(s, "lakenet/subscribers.yaml", "georg", `${at} }`, `${at}, expectedPonPort: 1 }`);
  say(s, "Fiona wants another Wi-Fi password:");
  await setWifiKey(s, "staple battery horse");
  say(s, "And somebody wrote another inform interval into Georg's router, by hand:");
  const path = "InternetGatewayDevice.ManagementServer.PeriodicInformInterval";
  georg!.cpe!.set(path, 86400);
  georg!.cpe!.inform();
  await s.lakenet.settled();
  await expectExit(s, 0, "apply", s.folder, "--yes");
  await showHomes(s);
  const key = fiona!.cpe!.get("Device.WiFi.AccessPoint.1.Security.KeyPassphrase");
  say(s, `Fiona's router has (secret ${digest(String(key))}); Georg's informs every ${georg!.cpe!.get(path)} s again.`);
  await expectExit(s, 0, "explain", "georg");
}

const secretsOf = (s: Stage): string => s.scene.env["LASTMILE_SECRETS"]!;
async function setWifiKey(s: Stage, key: string): Promise<void> {
  const folder = join(secretsOf(s), "isp-lakenet", "fiona-wifi");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "psk"), key, { mode: 0o600 });
  s.io.out(s.io.paint(["bold", "cyan"], `$ pass generate > secrets/isp-lakenet/fiona-wifi/psk   # ${digest(key)}`));
}

interface Listed {
  readonly items: readonly Subscriber[];
}
async function showHomes(s: Stage): Promise<void> {
  const { items } = (await s.ask("get", "sub", "-n", "isp-lakenet")) as Listed;
  const rows = items.map(({ metadata, status }) => [
    metadata.name,
    status?.addresses?.ipv4 ?? "",
    status?.network?.vlan ?? "",
    status?.onu ? `${status.onu.olt} PON ${status.onu.ponPort ?? "?"} ${status.onu.reason ?? ""}` : "",
    status?.cpe ? `${status.cpe.model ?? status.cpe.serial} ${status.cpe.provisioning ?? ""}` : "",
    status?.billing?.billingStarted ? "billed" : "not yet",
    status?.conditions?.find((c) => c.type === "Ready")?.reason ?? "",
  ]);
  s.io.out(`${table(["name", "IPv4", "VLAN", "ONU", "CPE", "bill", "reason"], rows)}\n`);
}
