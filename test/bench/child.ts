/** Runs one part in a process of its own, so that no part pays for what another left in memory. */
import { changes } from "./changes.ts";
import { clusterCrowd } from "./cluster-crowd.ts";
import { clusterEdits } from "./cluster-edits.ts";
import { clusterResident } from "./cluster-resident.ts";
import { byReference, converge } from "./converge.ts";
import { devices } from "./devices.ts";
import { edit } from "./edit.ts";
import { netbox } from "./netbox.ts";
import type { Bench } from "./part.ts";
import { fill, resident } from "./resident.ts";
import type { Samples } from "./samples.ts";

const parts: Readonly<Record<string, (bench: Bench) => Promise<Samples>>> = {
  converge,
  byReference,
  changes,
  edit,
  netbox,
  devices,
  clusterEdits,
  clusterCrowd,
  clusterResident,
  fill,
  resident,
};
const [name = "", count = "", runs = "", home = ""] = process.argv.slice(2);
const server = process.env["BENCH_SERVER"] ?? "";
const part = parts[name];
if (!part) throw new Error(`no part is called ${name}`);
const samples = await part({ server, home, count: Number(count), runs: Number(runs) });
process.stdout.write(JSON.stringify(samples));
