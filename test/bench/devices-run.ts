/** One run: everything from zero, twice nothing to do, and a hundredth put right; then the floor of each in a second field. */
import type { ExternalSystem } from "../../controller/api/types.generated.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { openRadius } from "./databases.ts";
import { type Hand, handOf, type Systems } from "./devices-hand.ts";
import { type Calls, type Field, OLT, startField, type Telling } from "./field.ts";
import { type Account, accountsOf, compareAll, insertAll } from "./floor.ts";
import type { Bench } from "./part.ts";
import type { Series } from "./samples.ts";
import { declared, INFORM_SECONDS, plan, subscribers, tenant } from "./tenant.ts";
import { openScene, type World } from "./world.ts";

/** What each piece of work asked of a field, by its name. */
export type Counts = Map<string, Calls>;
type Timed = (name: string, work: () => Promise<unknown>) => Promise<void>;

/** The usual slots; but nobody is to wait for his turn here. */
const LIMITS = { concurrency: 4, requestsPerSecond: 10_000 };
/** What somebody else writes into a router. */
const ONCE_A_DAY = 86_400;

export async function measure(bench: Bench, s: Series, counts: Counts): Promise<void> {
  const [field, bare] = await Promise.all([startField(bench.count), startField(bench.count)]);
  try {
    const { told, accounts } = await controlled(bench, field, timer(field, s, counts));
    await floor({ bench, told, accounts, field: bare, timed: timer(bare, s, counts) });
  } finally {
    await Promise.all([field.stop(), bare.stop()]);
  }
}
const timer =
  (field: Field, s: Series, counts: Counts): Timed =>
  async (name, work) => {
    await field.calls();
    await s.time(name, work);
    counts.set(name, await field.calls());
  };

interface Left {
  readonly told: readonly Telling[];
  readonly accounts: readonly Account[];
}
async function controlled({ server, home, count }: Bench, field: Field, timed: Timed): Promise<Left> {
  const systems = systemsOf(field);
  const hand = handOf(specsOf(systems));
  const scene = await openScene(server, home);
  const { world } = scene;
  try {
    const [radius] = scene.ground.filter((o) => o.object.kind === "ExternalSystem");
    const bound = tenant({ genieacs: [{ name: "acs-bench" }], voltha: [{ name: "voltha-bench" }] });
    await world.submit([radius!, bound, ...systems, plan("home")], false);
    await timed("converge", () => world.submit(subscribers(count, { cpe: true }), false));
    const told = await field.told();
    await proven(field, count);
    await scene.analyze();
    await timed("scan", () => scanned(world));
    await timed("look", () => world.look(count));
    await spoil(hand, told, count);
    await timed("drift", () => scanned(world));
    await proven(field, count);
    return { told, accounts: await accountsOf(scene.radius.pool) };
  } finally {
    hand.close();
    await scene.close();
  }
}
/** Who differs, or cannot be told apart from who differs, is looked at. */
async function scanned(world: World): Promise<void> {
  await world.scan();
  await world.settle();
}
async function proven(field: Field, count: number): Promise<void> {
  const { served, told } = await field.seen();
  if (served !== count || told !== count) throw new Error(`of ${count}, ${served} ONUs and ${told} routers have all`);
}

interface Floor extends Left {
  readonly bench: Bench;
  readonly field: Field;
  readonly timed: Timed;
}
async function floor({ bench: { server, count }, told, accounts, field, timed }: Floor): Promise<void> {
  const hand = handOf(specsOf(systemsOf(field)));
  const radius = await openRadius(server);
  const paths = pathsOf(told);
  const list = (): Promise<unknown> => Promise.all([hand.list(paths), compareAll(radius.pool, accounts)]);
  try {
    await hand.lay();
    await timed("all told", async () => {
      await hand.list(paths);
      await Promise.all([hand.tell(told), hand.serve(numbers(1, count)), insertAll(radius.pool, accounts)]);
    });
    await proven(field, count);
    await timed("listed", list);
    await spoil(hand, told, count);
    await timed("mended", async () => {
      await list();
      const { routers, onus } = hundredth(told, count);
      await Promise.all([hand.tell(interval(routers, INFORM_SECONDS)), hand.serve(onus)]);
    });
    await proven(field, count);
  } finally {
    hand.close();
    await radius.close();
  }
}

/** Routers through the ACS, as its own interface does it; services at VGC. */
async function spoil(hand: Hand, told: readonly Telling[], count: number): Promise<void> {
  const { routers, onus } = hundredth(told, count);
  await hand.tell(interval(routers, ONCE_A_DAY));
  await hand.cutOff(onus);
}
/** Of different subscribers. */
function hundredth(told: readonly Telling[], count: number) {
  const few = Math.ceil(count / 100);
  return { routers: told.slice(0, few), onus: numbers(count - few + 1, count) };
}
const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

type Pair = readonly [path: string, value: unknown];
const pairsIn = ({ body }: Telling): readonly Pair[] =>
  (JSON.parse(body) as { readonly parameterValues: readonly Pair[] }).parameterValues;
const pathsOf = (told: readonly Telling[]): readonly string[] => [
  ...new Set(told.flatMap((t) => pairsIn(t).map(([path]) => path))),
];
const interval = (told: readonly Telling[], seconds: number): readonly Telling[] =>
  told.map((t) => {
    const pair = pairsIn(t).find(([path]) => path.endsWith(".PeriodicInformInterval"));
    return {
      path: t.path,
      body: JSON.stringify({ name: "setParameterValues", parameterValues: [[pair?.[0], seconds]] }),
    };
  });

function systemsOf({ places }: Field): readonly SourceObject[] {
  const controller = { type: "VGC", address: places.vgc };
  const acs = { type: "GenieACS", address: places.nbi, limits: LIMITS };
  const voltha = { type: "VOLTHA", address: places.grpc, limits: LIMITS, voltha: { controller, olts: [OLT] } };
  return [
    declared({ kind: "ExternalSystem", metadata: { name: "acs-bench" }, spec: acs }),
    declared({ kind: "ExternalSystem", metadata: { name: "voltha-bench" }, spec: voltha }),
  ];
}
function specsOf(systems: readonly SourceObject[]): Systems {
  const [acs, voltha] = systems.map(({ object }) => (object as ExternalSystem).spec);
  return { acs: acs!, voltha: voltha! };
}
