import { expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import type { ClientDeps, Configure, Session } from "../../reconcilers/system.ts";
import { radius } from "../core/resolve/fixture.ts";
import { Sensitive } from "../core/sensitive.ts";
import { Endpoints } from "./endpoints.ts";
import { Ports } from "./run/ports.ts";

const session: Session = {
  resources: [],
  slots: 2,
  ping: async () => ({ version: "1" }),
  close: async () => undefined,
};

/** What each connection was given. */
async function connected(hosts: string): Promise<{ readonly given: readonly ClientDeps[]; readonly health: unknown }> {
  const given: ClientDeps[] = [];
  const configure: Configure = () => ({
    desired: () => [],
    connect: async (deps) => {
      given.push(deps);
      return session;
    },
    publishes: () => undefined,
    prepare: async () => undefined,
  });
  const secret = { username: new Sensitive("u"), password: new Sensitive("S3CRET"), hosts: new Sensitive(hosts) };
  const secrets = { read: async () => undefined, readAll: async () => secret };
  const ports = new Ports(new AbortController().signal, () => 60_000);
  const endpoints = new Endpoints(new Map([["RADIUS", configure]]), secrets, ports, String);
  const system = radius();
  await endpoints.sync([{ ...system, spec: { ...system.spec, credentialsRef: { namespace: "isp", name: "db" } } }]);
  return { given, health: endpoints.contact("radius-1") };
}

it("sends credentials to the hosts that their Secret names, and does not connect elsewhere", async () => {
  const { given } = await connected("db.example");
  expect(given.map((d) => Object.keys(d.credentials))).toEqual([["username", "password"]]);
  const { given: refused, health } = await connected("other.example");
  expect(refused).toEqual([]);
  expect(health).toMatchObject({ ok: false, fault: { code: "Misconfigured" } });
});

it("connects anew what did not answer, and configures anew only what was changed", async () => {
  const made: string[] = [];
  const configure: Configure = (_spec, name) => {
    made.push(`configured ${name}`);
    return {
      desired: () => [],
      connect: async () => {
        made.push(`connected ${name}`);
        return { ...session, ping: () => Promise.reject(fault("Unavailable", "silent")) };
      },
      publishes: () => undefined,
      prepare: async () => undefined,
    };
  };
  const secrets = { read: async () => undefined, readAll: async () => ({ username: new Sensitive("u") }) };
  const ports = new Ports(new AbortController().signal, () => 60_000);
  const endpoints = new Endpoints(new Map([["RADIUS", configure]]), secrets, ports, String);
  const system = radius();
  await endpoints.sync([system]);
  await endpoints.ping();
  await endpoints.sync([system]);
  expect(made).toEqual(["configured radius-1", "connected radius-1", "connected radius-1"]);
  await endpoints.sync([{ ...system, spec: { ...system.spec, paused: true } }]);
  expect(made.slice(3)).toEqual(["configured radius-1", "connected radius-1"]);
});
