/** How the demo tells: chapters, words, edits shown as a diff, and commands that must end as they should. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stage } from "./demo-stage.ts";

const EXITS = { plan: 2, apply: 0 } as const;
export async function planAndApply(s: Stage, ...more: readonly string[]): Promise<void> {
  await expectExit(s, EXITS.plan, "plan", s.folder, ...more);
  await expectExit(s, EXITS.apply, "apply", s.folder, "--yes", ...more);
}

export async function expectExit(s: Stage, wanted: number, ...argv: readonly string[]): Promise<void> {
  const exit = await s.lastmile(...argv);
  if (exit !== wanted) throw new Error(`lastmile ${argv.join(" ")} ended with ${exit}, not ${wanted}`);
}

/** Replaces a line in one document of a file, and shows it as a diff. */
export async function edit(s: Stage, path: string, name: string, from: string, to: string): Promise<void> {
  const file = join(s.scene.folder, path);
  const documents = (await readFile(file, "utf8")).split("\n---\n");
  const at = documents.findIndex((d) => d.match(`metadata: { name: ${name}[ ,]`));
  const document = documents[at];
  if (!document?.includes(from)) throw new Error(`${path} does not hold ${from} of ${name}`);
  const changed = document.replace(from, to);
  documents[at] = changed;
  await writeFile(file, documents.join("\n---\n"));
  const { io } = s;
  io.out(io.paint("bold", `${join(s.folder, path)}, ${name}:`));
  const [before, after] = between(document.split("\n"), changed.split("\n"));
  for (const line of before) io.out(io.paint("red", `-${line}`));
  for (const line of after) io.out(io.paint("green", `+${line}`));
  io.out("");
}
type Lines = readonly string[];
/** What stands between the lines that both begin with and those that both end with. */
function between(before: Lines, after: Lines): readonly [Lines, Lines] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
}

export const chapter = ({ io }: Stage, title: string): void =>
  io.out(`${io.paint(["bold", "inverse"], ` ${title} `)}\n`);
export const say = ({ io }: Stage, words: string): void => io.out(io.paint("italic", words));

/** What belongs to the people of the address plan, Lastmile does not make. */
export async function makeVrf({ io, hillnet: { netbox } }: Stage, system: string, name: string): Promise<void> {
  const body = JSON.stringify({ name });
  const headers = { Authorization: `Bearer ${netbox.token}`, "Content-Type": "application/json" };
  const answer = await fetch(`${netbox.url}/api/ipam/vrfs/`, { method: "POST", headers, body });
  if (answer.status !== 201) throw new Error(`no VRF: ${answer.status} ${await answer.text()}`);
  io.out(`${io.paint(["bold", "cyan"], `$ curl -X POST ${system}/api/ipam/vrfs/ -d '${body}'`)}\n`);
}
