/** The stand-in answers as VOLTHA did: the recorded exchanges, in an order in which they can happen again. */
import { status } from "@grpc/grpc-js";
import { afterAll, describe, expect, test } from "vitest";
import { type Entry, entries } from "./voltha.entries.ts";
import { counts, LOOKS, line } from "./voltha.looks.ts";
import { asRecorded, learn, lendAHand, openReplay, type Replay, today } from "./voltha.replay.ts";

/** Recorded, and not asked again. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "02-ListDeviceTypes.json": "Lastmile does not ask for device types",
  "errors-normal.txt: GetLogicalDevice, DisableOnuSerialNumber": "not in the subset; the second one kills rw_core",
  "errors-normal.txt: POST /services/{logical}/512":
    "in the second after DeleteDevice VGC had the device without its ports",
  "11-ListDevicePorts-onu.json: state of the UNI": "taken in the moment before the UNI was live",
  "13-, 14-: instructions, 12-: stats, 05-, 09-: pmConfigs": "not in the subset",
  "delete-subscriber.txt: vgc flows 8": "VGC lists flows of deleted services until their removal has failed twice",
  "drift-after-olt-cycle.txt: 255 of 256 flows": "one flow had been lost by an earlier deletion",
  "fail-olt-back.txt: VGC olt [] while ONUs are ACTIVE":
    "VGC finds a new logical device seconds later than the stand-in's",
  "fail-restarts.txt: G, J, M and fail-reconciling.txt":
    "rw_core and adapters killed and started again; a BBSim that stayed away",
  "fail-etcd.txt, fail-kafka.txt: the first 31 and 61 seconds": "what rw_core serves from memory before it notices",
  "ops-onu-2.txt: E": "Enable and DisableOnuDevice are not in the subset, and not implemented by the adapter",
  "timing-128onu.txt: ACTIVE/REACHABLE/activating-onu": "two fields of one ONU written one after the other",
  "timing-*subs.txt, kraft-run.txt": "durations",
  "vgc-get-ports_ignored.json": "nobody asks for it",
  "kafka-events.jsonl": "the stand-in has no Kafka",
  "bbsim-*.json, sadis-*": "BBSim's own interfaces",
};
test.for(Object.entries(LEFT_OUT))("left out of %s: %s", ([what]) => expect(what).not.toBe(""));

const scenes: Entry[][] = [];
for (const e of entries) {
  if (e.scene !== undefined) scenes.push([]);
  scenes.at(-1)?.push(e);
}
for (const [opening, ...rest] of scenes)
  describe(opening!.scene!, () => {
    let site: Promise<Replay> | undefined;
    const replay = () => (site ??= openReplay(opening!));
    afterAll(async () => (await site)?.close());
    for (const [n, e] of rest.entries()) test(`${n} ${named(e)}`, async () => verdict(await replay(), e));
  });
function named(e: Entry): string {
  const what = e.call ?? e.rest ?? e.hand ?? e.seen ?? e.counts ?? Object.keys(e).filter((k) => k !== "from")[0];
  return `${e.from ?? ""}: ${what}`;
}

async function verdict(r: Replay, e: Entry): Promise<void> {
  if (e.settled) return r.lab.settled();
  if (e.hand) return lendAHand(r, e);
  if (e.call !== undefined) return called(r, e);
  if (e.rest !== undefined) return asked(r, e);
  if (e.seen !== undefined) return passes(r, e.seen, () => line(r, e.onu!));
  if (e.counts !== undefined) return passes(r, e.counts, () => counts(r, e.onu));
  const [, look, said] = LOOKS.find(([kind]) => e[kind] !== undefined)!;
  expect(await look(r, e)).toEqual(e[said]);
}

async function called(r: Replay, { call, asked = {}, refused, answer }: Entry): Promise<void> {
  await learn(r).catch(() => undefined); // rw_core may be away
  if (!refused) {
    const got = await r.call(call!, today(r, asked));
    await learn(r);
    return expectSame(asRecorded(r, withoutDefaults(got)), answer);
  }
  const [code, message] = refused;
  const error = await r.call(call!, today(r, asked)).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: status[code], details: today(r, message) });
}
async function asked(r: Replay, e: Entry): Promise<void> {
  await learn(r).catch(() => undefined);
  const got = await r.rest(today(r, e.rest!), today(r, e.body));
  expect(got.status, String(got.data)).toBe(e.status);
  if (e.answer !== undefined) expectSame(asRecorded(r, got.data), e.answer);
}
/** The states between were passed too quickly for the recording to see them all. */
async function passes(r: Replay, wanted: string, look: () => Promise<string>): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 20; step++) {
    passed.push(await look());
    if (passed.at(-1) === wanted) return;
    r.lab.step();
  }
  expect([...new Set(passed)].join("\n"), "never came to pass").toContain(wanted);
}

const expectSame = (own: unknown, theirs: unknown): void =>
  expect(timeless(ordered(own), ordered(theirs))).toEqual(ordered(theirs));

/** What a proto3 encoder leaves out, and a decoder that adds nothing does not see. */
const DEFAULTS: ReadonlySet<unknown> = new Set([0, "0", "", false, "UNKNOWN", "OFPXMT_OFB_IN_PORT"]);
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => (DEFAULTS.has(v) ? [] : [[k, withoutDefaults(v)]])),
  );
}

/** Of the recording's own moment, or ids that only one side knows. */
const OWN = new Set(["lastUpdate", "humanReadableLastUpdate", "lastCommunication"]);
function timeless(own: unknown, theirs: unknown): unknown {
  if (theirs === "(own)" || theirs === "(time)") return theirs;
  if (Array.isArray(own) && Array.isArray(theirs)) return own.map((v, n) => timeless(v, theirs[n]));
  if (typeof own !== "object" || own === null || typeof theirs !== "object" || theirs === null) return own;
  const there = theirs as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(own).flatMap(([k, v]) => (OWN.has(k) ? [] : [[k, timeless(v, there[k])]])));
}

/** VOLTHA lists in no order what it keeps in maps. */
const MAPS = new Set(["items", "peers", "ports", "flows", "meters", "subscribers"]);
function ordered(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const all = value.map((v) => ordered(v));
    return MAPS.has(key) ? all.toSorted((a, b) => rank(a).localeCompare(rank(b))) : all;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, ordered(v, k)]));
}
const RANK = ["serialNumber", "cookie", "port", "portNo", "deviceId", "id"] as const;
const rank = (v: unknown): string => {
  const of = v as Readonly<Record<string, unknown>>;
  return RANK.map((k) => String(of[k] ?? "")).join("/");
};
