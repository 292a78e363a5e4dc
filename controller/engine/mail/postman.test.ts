import { describe, expect, it } from "vitest";
import { fault } from "../../../reconcilers/errors.ts";
import type { Session } from "../../../reconcilers/system.ts";
import { customer, mailSystem } from "../../../test/integration/mail.site.ts";
import { Catalog } from "../../core/catalog.ts";
import type { Delivery, Letter } from "../../core/life/letter.ts";
import { plan, tenant } from "../../core/resolve/fixture.ts";
import type { SecretSource } from "../../sources/secrets.ts";
import type { Mail, Outcome } from "../../store/outbox.ts";
import type { Declared } from "../declared.ts";
import { Postman } from "./postman.ts";

const NOW = Date.UTC(2026, 10, 20);
const NAMES = ["s1", "s2", "s3", "s4", "s5"];
const ownerOf = (name: string): string => `lab/acme/Subscriber/isp-acme/${name}`;
const never = new AbortController().signal;

/** An outbox in memory, and a server that does as it is told. One message at a time. What Secrets hold cannot be read. */
function bench(deliver: (letter: Letter) => Promise<Delivery>, hidden?: string) {
  const customers = NAMES.map((name) => {
    const made = customer(name);
    if (name !== hidden) return made;
    return customer(name, { customer: { ...made.spec.customer, secretRef: { name: "who" } } });
  });
  const rows = new Map<number, Mail & { due: number }>();
  for (const [n, { spec }] of customers.entries()) {
    const facts = { number: spec.subscriberNumber, customer: spec.customer.id };
    const made = { owner: ownerOf(NAMES[n]!), seq: 1, id: n, notice: "Activated", facts, state: "Queued", attempt: 0 };
    const times = { at: NOW, since: NOW, changedAt: NOW, due: NOW };
    rows.set(n, { ...made, ...times, messageId: null, endpoint: null, recipient: null, said: null } as never);
  }
  const clock = { now: NOW };
  const lost = new Set<string>();
  const laidDown = new Set<string>();
  const set = (owner: string, more: Partial<Mail & { due: number }>): void => {
    for (const [id, row] of rows) if (row.owner === owner) rows.set(id, { ...row, ...more });
  };
  const { systems } = tenant().spec;
  const bound = tenant({ systems: { ...systems, mail: [{ name: "mail-1" }] } });
  const declared = {
    catalog: new Catalog([plan(), ...customers]),
    tenant: () => bound,
    system: () => mailSystem("smtp://127.0.0.1"),
    paused: () => undefined,
  } as unknown as Declared;
  const session: Session = {
    ...{ resources: [], slots: 1, ping: async () => ({ version: "1" }), close: async () => undefined },
    deliver,
  };
  const postman = new Postman({
    ...{ declared, objects: { load: async function* () {} }, secretSource: unreadable },
    store: {
      openMail: async (now, share) =>
        [...rows.values()].filter((r) => r.state === "Queued" && r.due <= now).slice(0, share),
      async takeMail([row], now) {
        if (!row || lost.has(row.owner)) throw new Error("the store is lost");
        set(row.owner, { state: "Sending", changedAt: now });
        return [row];
      },
      async endMail(ended: readonly Outcome[]) {
        for (const { owner, ...rest } of ended) set(owner, rest);
      },
      doubtMail: async () => undefined,
    },
    sessions: () => new Map([["mail-1", session]]),
    mine: (owner) => !laidDown.has(owner),
    now: () => clock.now,
  });
  const states = () => [...rows.values()].map((r) => r.state);
  return { postman, rows, clock, laidDown, lost, states };
}
const unreadable: SecretSource = {
  read: async () => undefined,
  readAll: async () => Promise.reject(fault("Unavailable", "the Secret cannot be read now")),
};
const SENT: Delivery = { state: "Sent", said: "250 ok" };

describe("one turn", () => {
  it("asks a server that is at fault for one message; all the others wait as long, and were not tried", async () => {
    let asked = 0;
    const { postman, rows, clock } = bench(async () => {
      asked++;
      throw fault("Unavailable", "the mail server does not answer");
    });
    await postman.turn(never);
    expect(asked).toBe(1);
    expect([...rows.values()].map((r) => [r.state, r.attempt])).toEqual([
      ["Queued", 1],
      ...Array(4).fill(["Queued", 0]),
    ]);
    await postman.turn(never);
    expect(asked).toBe(1);
    clock.now += 60_000;
    await postman.turn(never);
    expect(asked).toBe(2);
  });
  it("begins nothing more when it has lasted long; the next one goes on", async () => {
    const { postman, clock, states } = bench(async () => {
      clock.now += 6_000;
      return SENT;
    });
    await postman.turn(never);
    expect(states()).toEqual(["Sent", "Sent", "Queued", "Queued", "Queued"]);
    await postman.turn(never);
    expect(states()).toEqual(["Sent", "Sent", "Sent", "Sent", "Queued"]);
  });
  it("begins none of what was laid down meanwhile", async () => {
    const { postman, laidDown, states } = bench(async () => {
      for (const name of NAMES.slice(1, 4)) laidDown.add(ownerOf(name));
      return SENT;
    });
    await postman.turn(never);
    expect(states()).toEqual(["Sent", "Queued", "Queued", "Queued", "Sent"]);
  });
  it("holds up nobody but the customer whose Secret cannot be read now", async () => {
    const { postman, states } = bench(async () => SENT, "s2");
    await postman.turn(never);
    expect(states()).toEqual(["Sent", "Queued", "Sent", "Sent", "Sent"]);
  });
  it("ends with the error of a store that is lost, and leaves the rest as it was", async () => {
    const { postman, lost, states } = bench(async () => SENT);
    lost.add(ownerOf("s3"));
    await expect(postman.turn(never)).rejects.toThrow("the store is lost");
    expect(states()).toEqual(["Sent", "Sent", "Queued", "Queued", "Queued"]);
  });
});
