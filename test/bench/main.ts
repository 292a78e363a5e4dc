/** `make bench`: an embedded server of its own, every part in a process of its own, the figures in docs/performance.md. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { openDatabase, stopDatabase } from "../../controller/store/embedded.ts";
import { load, machine } from "./machine.ts";
import { type Part, tablesOf, writePage } from "./page.ts";
import { median, type Samples } from "./samples.ts";

type Step = readonly [part: string, subscribers: number, runs: number];
const usual: readonly Step[] = [
  ["converge", 1_000, 5],
  ["converge", 10_000, 3],
  ["byReference", 10_000, 2],
  ["changes", 10_000, 3],
  ["edit", 10_000, 2],
];
const large: readonly Step[] = [
  ["fill", 100_000, 1],
  ["resident", 100_000, 2],
];

/** Needs a real NetBox, which `make test-netbox` installs. */
const withNetbox: readonly Step[] = [["netbox", 1_000, 2]];
/** Beside stand-ins in processes of their own. */
const withDevices: readonly Step[] = [["devices", 1_000, 3]];
/** Other sizes than the usual ones are a trial, and stay off the page; 0 leaves a part out. */
const trial = process.env["SIZES"];
const [edits = 200, few = 1_000, many = 5_000, resident = 20_000] = trial?.split(",").map(Number) ?? [];
/** Needs a real API server, which `make test-cluster` builds. */
const onCluster: readonly Step[] = [
  ["clusterEdits", edits, 1],
  ["clusterCrowd", few, 2],
  ["clusterCrowd", many, 1],
  ["clusterResident", resident, 1],
];
const places: Readonly<Record<string, readonly [place: string, steps: readonly Step[]]>> = {
  netbox: ["measured with NetBox", withNetbox],
  devices: ["measured with devices", withDevices],
  kubernetes: ["measured on a cluster", onCluster],
};
const [place, steps] = places[process.argv[2] ?? ""] ?? [
  "measured",
  process.env["FULL"] ? [...usual, ...large] : usual,
];

const home = await mkdtemp(join(tmpdir(), "lastmile-bench-"));
const server = await openDatabase({ home });
const url = await server.ensureDatabase("postgres");
try {
  const parts: Part[] = [];
  for (const step of steps.filter(([, count]) => count > 0)) parts.push(await run(step));
  const tables = tablesOf(parts, await machine(url));
  if (trial === undefined) await writePage(place, tables);
  console.log(tables);
} finally {
  await stopDatabase({ home });
  await rm(server.directory, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}

async function run([name, count, runs]: Step): Promise<Part> {
  const before = load();
  // The URL holds a password, and arguments can be read by everybody.
  const args = [join(import.meta.dirname, "child.ts"), name, `${count}`, `${runs}`, home];
  const { stdout } = await execa(process.execPath, args, { stderr: "inherit", env: { BENCH_SERVER: url } });
  const samples: Samples = JSON.parse(stdout);
  for (const m of samples.measures) console.error(`${m.what}, ${m.count}: ${median(m.seconds).toFixed(3)} s`);
  return { samples, load: [before, load()] };
}
