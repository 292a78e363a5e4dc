/** A real FreeRADIUS acts as the NAS: what we sign it believes, and what it did stands in radacct. */
import { createSocket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { execa } from "execa";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refKey } from "../../controller/core/model.ts";
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { database } from "../../reconcilers/postgres.ts";
import { naming, TELLABLE } from "../../reconcilers/radius/coa/attributes.ts";
import { nasClient } from "../../reconcilers/radius/coa/client.ts";
import { nasLink } from "../../reconcilers/radius/coa/nas.ts";
import { decode, encode } from "../../reconcilers/radius/coa/packet.ts";
import { parseConfig } from "../../reconcilers/radius/config.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { InUse } from "../../reconcilers/radius/in-use.ts";
import { accounts, groups } from "../../reconcilers/radius/resources.ts";
import { ensureSchema } from "../../reconcilers/radius/schema.ts";
import { sessions } from "../../reconcilers/radius/sessions.ts";
import type { Resource } from "../../reconcilers/system.ts";
import { hand, signal } from "../contract/hand.ts";
import { ENDPOINT, PASSWORD, planSubject, subscriber } from "../contract/radius.subjects.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { SECRET, type Server, startServer } from "./server.ts";

let radius: FreshDatabase;
let server: Server;
let isp: ReturnType<typeof provider>;
beforeAll(async () => {
  radius = await freshDatabase("template1");
  await ensureSchema(database(radius.pool), signal);
  await radius.pool.query("create table nas_session (session text, rate text, list text)");
  server = await startServer(radius.url);
  isp = provider(radius.pool, server.coaPort);
  await isp.plan();
});
afterAll(async () => {
  isp.close();
  await server.stop();
  await radius.drop();
});

/** The three resources as the engine uses them. */
function provider(pool: pg.Pool, coaPort: number) {
  const db = database(pool);
  const secretRef = { namespace: "lastmile-system", name: "bng1" };
  const bng1 = { name: "bng1", address: "127.0.0.1", vendor: "MikroTik", coaPort, secretRef };
  const config = parseConfig({ address: "postgresql://radius.example/radius", radius: { nas: [bng1] } });
  const { nas } = config;
  const link = nasLink(nas[0]!, new Sensitive(SECRET));
  const resource: Readonly<Record<string, Resource>> = {
    group: groups(db, ENDPOINT, nas),
    account: accounts(db, ENDPOINT, nas),
    session: sessions({ db, endpoint: ENDPOINT, nas, links: new Map([["bng1", link]]), inUse: new InUse() }),
  };
  const settle = async (n: number, more: Partial<ResolvedSubscriber> = {}, only?: readonly string[]): Promise<void> => {
    const all = desired(subscriber(n, more), ENDPOINT, config);
    for (const d of all.filter(({ ref }) => only?.includes(ref.resource) ?? true))
      await hand({ resource: resource[d.ref.resource]!, owner: () => subscriber(n).owner, desired: () => d }).settle(
        n,
        d,
      );
  };
  return {
    settle,
    async plan(more: Parameters<typeof planSubject>[0] = {}): Promise<void> {
      const [d] = desired({ ...planSubject(more), areas: [["bng1"]] }, ENDPOINT, config);
      await hand({ resource: resource["group"]!, owner: () => planSubject().owner, desired: () => d! }).settle(1, d);
    },
    look: async (n: number) => {
      const ref = { system: ENDPOINT, resource: "session", key: subscriber(n).userName };
      return (await resource["session"]!.observe([{ ref, token: "lm", id: undefined }], signal)).get(refKey(ref));
    },
    close: () => link.close(),
  };
}
/** As a NAS opens one, after a login that was accepted. */
async function dial(n: number, id: string): Promise<void> {
  const user = subscriber(n).userName;
  const login = await server.ask([
    `User-Name = "${user}"`,
    `User-Password = "${PASSWORD(n)}"`,
    `ADSL-Agent-Circuit-Id = "${subscriber(n).option82.circuitId}"`,
  ]);
  expect(login.code).toBe("Access-Accept");
  const start = [
    `User-Name = "${user}"`,
    `Acct-Session-Id = "${id}"`,
    "Acct-Status-Type = Start",
    "NAS-IP-Address = 127.0.0.1",
  ];
  expect((await server.account([...start, "NAS-Port-Id = ether1", "Framed-IP-Address = 10.0.0.1"])).code).toBe(
    "Accounting-Response",
  );
  // An hour ago: a session that is younger than a login takes would be told whatever had changed.
  await radius.pool.query(
    "update radacct set acctstarttime = now() - interval '1 hour', acctupdatetime = now() where acctsessionid = $1",
    [id],
  );
}
const session = async (id: string) => {
  const { rows } = await radius.pool.query(
    "select acctstoptime is null as open, acctterminatecause as cause from radacct where acctsessionid = $1",
    [id],
  );
  return rows[0];
};
const toldTo = async (id: string) =>
  (await radius.pool.query("select rate, list from nas_session where session = $1", [id])).rows;

const SUSPENDED = { state: "Suspended" } as const;
const THROTTLED = { ...SUSPENDED, limited: { mode: "Throttle", speed: { downKbps: 512, upKbps: 256 } } } as const;

describe("a customer who is online", () => {
  test("suspended: rejected in the rows, disconnected at the NAS, and no login any more", async () => {
    await isp.settle(1);
    await dial(1, "a1");
    await isp.settle(1, SUSPENDED);
    expect(await session("a1")).toEqual({ open: false, cause: "Admin-Reset" });
    expect(
      (await server.ask([`User-Name = "${subscriber(1).userName}"`, `User-Password = "${PASSWORD(1)}"`])).code,
    ).toBe("Access-Reject");
    await isp.settle(1);
    await dial(1, "a2");
    await isp.settle(1);
    expect(await session("a2")).toMatchObject({ open: true });
  });
  test("what it was given is in use until the Stop of its end stands in radacct", async () => {
    await isp.settle(9);
    await dial(9, "i1");
    expect((await isp.look(9))?.inUse).toBeUndefined();
    await isp.settle(9, SUSPENDED, ["account"]);
    expect((await isp.look(9))?.inUse).toBe(true);
    await isp.settle(9, SUSPENDED);
    expect((await isp.look(9))?.inUse).toBeUndefined();
    expect(await session("i1")).toMatchObject({ open: false });
  });
  test("throttled and resumed by CoA, without losing the session", async () => {
    await isp.settle(2);
    await dial(2, "b1");
    await isp.settle(2, THROTTLED);
    await isp.settle(2);
    expect(await toldTo("b1")).toEqual([
      { rate: "256k/512k", list: "" },
      { rate: "50M/100M", list: "" },
    ]);
    expect(await session("b1")).toMatchObject({ open: true });
  });
  test("who dials in while throttled is slow from the first moment", async () => {
    await isp.settle(7, THROTTLED);
    const { attributes } = await server.ask([
      `User-Name = "${subscriber(7).userName}"`,
      `User-Password = "${PASSWORD(7)}"`,
      `ADSL-Agent-Circuit-Id = "${subscriber(7).option82.circuitId}"`,
    ]);
    expect(attributes).toContain('Mikrotik-Rate-Limit = "256k/512k"');
    expect(attributes).toContain("Acct-Interim-Interval = 600");
  });
  test("walled in by CoA, and out of the garden by a new session", async () => {
    const ipv6 = { ...subscriber(3).ipv6, wanPrefix: undefined, delegatedPrefix: undefined };
    await isp.settle(3, { ipv6 });
    await dial(3, "c1");
    await isp.settle(3, { ...SUSPENDED, ipv6, limited: { mode: "WalledGarden", list: "unpaid" } });
    expect(await toldTo("c1")).toEqual([{ rate: "", list: "unpaid" }]);
    await isp.settle(3, { ipv6 });
    expect(await session("c1")).toEqual({ open: false, cause: "Admin-Reset" });
  });
  test("another address: a new session", async () => {
    await isp.settle(4);
    await dial(4, "d1");
    await isp.settle(4, { ipv4: { assignment: "Static", address: "10.9.9.9", pool: undefined } });
    expect(await session("d1")).toMatchObject({ open: false });
  });
  test("the plan is edited: every session of it hears, and none is lost", async () => {
    await isp.settle(5);
    await dial(5, "e1");
    await isp.plan({ speed: { downKbps: 200_000, upKbps: 100_000 } });
    await isp.settle(5);
    expect(await toldTo("e1")).toEqual([{ rate: "100M/200M", list: "" }]);
    await isp.plan();
  });
  test("one that the NAS lost without a word is gone already (503), and is not asked for again", async () => {
    await isp.settle(6);
    await dial(6, "f1");
    // The NAS knows it no more, and its Stop never came.
    await radius.pool.query("update radacct set username = 'nobody' where acctsessionid = 'f1'");
    const client = nasClient({ address: "127.0.0.1", port: server.coaPort, secret: new Sensitive(SECRET) });
    const attributes = naming(
      { user: subscriber(6).userName, id: "f1", nas: "127.0.0.1", address: undefined },
      Date.now(),
    );
    expect(await client.ask({ type: "Disconnect", attributes }, signal)).toEqual({ kind: "Nak", cause: 503 });
    client.close();
  });
});

describe("the packets", () => {
  const attributes = naming({ user: "x@acme.example", id: "x1", nas: "127.0.0.1", address: "10.0.0.1" }, Date.now());
  const patience = { initial: 100, longest: 300, count: 4, duration: 1_000 };
  const client = (secret: string, more = {}) =>
    nasClient({ address: "127.0.0.1", port: server.coaPort, secret: new Sensitive(secret) }, more as typeof patience);
  test("with a wrong secret there is silence, never a NAK", async () => {
    const one = client("wrong", patience);
    expect(await one.ask({ type: "Disconnect", attributes }, signal)).toEqual({ kind: "Silent" });
    one.close();
  });
  test("with a Message-Authenticator over the request's own digest, as some make it, there is silence too", async () => {
    const good = encode({ code: "Disconnect-Request", identifier: 1, attributes }, SECRET);
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(22) ^ 1, 22);
    expect(await answered(good)).toBe(true);
    expect(await answered(bad)).toBe(false);
  });
  test.each(["coa", "disconnect"] as const)(
    "radclient's own %s verifies with us, and ours is signed as it is",
    async (type) => {
      const socket = createSocket("udp4");
      await new Promise<void>((bound) => socket.bind(0, "127.0.0.1", bound));
      const heard = new Promise<Buffer>((done) => socket.once("message", done));
      const args = ["-r", "1", "-t", "1", `127.0.0.1:${socket.address().port}`, type, SECRET];
      const lines =
        'User-Name = "x@acme.example"\nAcct-Session-Id = "x1"\nMikrotik-Rate-Limit = "1M/2M"\nMessage-Authenticator = 0x00\n';
      const client = execa("/usr/bin/radclient", args, { input: lines, reject: false });
      const bytes = await heard;
      socket.close();
      const packet = decode(bytes, SECRET);
      expect(packet?.attributes.find((a) => a.vendor === 14988)?.value.toString()).toBe("1M/2M");
      expect(decode(bytes, "wrong")).toBeUndefined();
      await client;
    },
  );
});
/** Whether the NAS answers these bytes; a second request shows that it was there all the time. */
async function answered(bytes: Buffer): Promise<boolean> {
  const socket = createSocket("udp4");
  const first = new Promise<number>((done) => socket.once("message", (reply) => done(reply.readUInt8(1))));
  const after = encode({ code: "Disconnect-Request", identifier: 2, attributes: [] }, SECRET);
  socket.send(bytes, server.coaPort, "127.0.0.1");
  const again = setInterval(() => socket.send(after, server.coaPort, "127.0.0.1"), 300);
  const id = await first;
  clearInterval(again);
  socket.close();
  return id === bytes.readUInt8(1);
}

test("numbers and types of what a session is told are those of the dictionaries", async () => {
  const files = ["rfc2865", "mikrotik", "wispr", "huawei", "cisco"];
  const all = await Promise.all(files.map((f) => readFile(`/usr/share/freeradius/dictionary.${f}`, "utf8")));
  const lines = all.join("\n").split("\n");
  const vendors = new Map(
    lines.flatMap((l) => {
      const [, name, number] = /^VENDOR\s+(\S+)\s+(\d+)/.exec(l) ?? [];
      return name ? [[name.toLowerCase(), Number(number)] as const] : [];
    }),
  );
  for (const [name, { type, vendor, form }] of Object.entries(TELLABLE)) {
    const line = lines.find((l) => l.toLowerCase().split(/\s+/)[1] === name && l.startsWith("ATTRIBUTE"));
    expect(line?.split(/\s+/).slice(2, 4), name).toEqual([String(type), form]);
    expect(vendor, name).toBe(vendor === undefined ? undefined : vendors.get(name.split("-")[0]!));
  }
});
