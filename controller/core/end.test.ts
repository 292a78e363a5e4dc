/** What goes after what at an end, and what keeps an address. */
import { describe, expect, test } from "vitest";
import { type EndInput, type Lasting, outlasting } from "./end.ts";
import { type Observed, parseRef, type RefKey } from "./model.ts";

const TRAITS: Readonly<Record<string, Lasting>> = {
  account: { serves: "Session" },
  session: { serves: "Session", follows: "account" },
  device: { serves: "Router" },
  onu: { outlasts: "Router" },
  address: { outlasts: "Session" },
};
const [ACCOUNT, SESSION] = ["radius/account/ann", "radius/session/ann"];
const [DEVICE, ONU, ADDRESS] = ["acs/device/C1", "voltha/onu/A1", "netbox/address/ann/ipv4"];
const found = (key: RefKey, more: Partial<Observed> = {}): readonly [RefKey, Observed] => [
  key,
  { ref: parseRef(key), id: key, token: "t", retired: true, state: {}, outputs: {}, ...more },
];
const input = (more: Partial<EndInput> = {}): EndInput => ({
  desired: [],
  remembered: [ACCOUNT, SESSION, DEVICE, ONU, ADDRESS].map((ref) => ({ ref: ref! })),
  seen: new Map([found(ACCOUNT!), found(SESSION!)]),
  traits: (ref) => TRAITS[ref.resource] ?? {},
  ...more,
});
const wanted = (...keys: readonly (string | undefined)[]) => keys.map((key) => ({ ref: parseRef(key!) }));
const end = (key: string | undefined, more?: Partial<EndInput>) => outlasting(parseRef(key!), input(more));

describe("an address", () => {
  const inUse = new Map([found(ACCOUNT!), found(SESSION!, { inUse: true })]);
  const rows: readonly [string, Partial<EndInput>, readonly (string | undefined)[], string | undefined][] = [
    ["goes after account and sessions", {}, [ACCOUNT, SESSION], undefined],
    ["is kept while a session is open", { seen: inUse }, [ACCOUNT, SESSION], `${SESSION}: a session that is open`],
    [
      "is kept while nobody knows",
      { seen: new Map([found(ACCOUNT!)]) },
      [ACCOUNT, SESSION],
      `not known: see ${SESSION}`,
    ],
    ["waits for nothing where there is no RADIUS", { remembered: [{ ref: ADDRESS! }] }, [], undefined],
    [
      "is the former one of who is served on",
      { desired: wanted(ACCOUNT, SESSION), seen: inUse },
      [ACCOUNT, SESSION],
      "open",
    ],
    [
      "does not wait for sessions that nobody looks at any more",
      { desired: wanted(ACCOUNT), seen: inUse },
      [ACCOUNT],
      undefined,
    ],
  ];
  test.each(rows)("%s", (_, more, after, held) => {
    const found = end(ADDRESS, more);
    expect(found).toMatchObject({ alone: true, after });
    expect(found?.hold?.message ?? "").toContain(held ?? "");
    expect(found?.hold?.code).toBe(held && "SessionsOpen");
  });
});

describe("an ONU", () => {
  test("goes after the router at the end", () => expect(end(ONU)).toEqual({ alone: false, after: [DEVICE] }));
  test("not when the router was waited for long enough", () => expect(end(ONU, { impatient: true })).toBeUndefined());
  test("nor when another takes its place", () => expect(end(ONU, { desired: wanted(ACCOUNT) })).toBeUndefined());
});
test("all else goes when nothing uses it", () => expect(end(ACCOUNT)).toBeUndefined());
