/** What --listen means, and what it does not take. */
import { networkInterfaces } from "node:os";
import { describe, expect, it, test } from "vitest";
import type { Endpoints } from "../observe/http.ts";
import { listen, listenFrom } from "./listening.ts";

const ENDPOINTS: Endpoints = {
  metrics: async () => ({ type: "text/plain", text: "" }),
  healthz: () => [],
  readyz: async () => [],
};
const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some((a) => a.address === "::1"));

describe("--listen", () => {
  it.each([
    ["9090", "a port alone asks for nobody from outside", "127.0.0.1", 9090],
    ["192.0.2.1:80", "an address", "192.0.2.1", 80],
    ["lastmile.example:80", "a name", "lastmile.example", 80],
    [":9090", "no host: every interface, of clusters with IPv6 alone as well", "", 9090],
    ["[::1]:9090", "Node takes an IPv6 address without its brackets", "::1", 9090],
    ["[::]:0", "any free port", "::", 0],
    ["[fe80::1%eth0]:9090", "a link-local address needs its interface (RFC 4007)", "fe80::1%eth0", 9090],
  ])("%s: %s", async (text, _why, host, port) => {
    expect(await listenFrom({ listen: text })).toEqual({ host, port, token: undefined });
  });
  it.each([
    ["::1:9090", "may be an address without a port"],
    ["[]:9090", "brackets around nothing"],
    ["[example]:9090", "a name is not in brackets"],
    ["[::1]", "no port"],
    ["[::1]9090", "no colon"],
    ["localhost", "no port"],
    [":", "no port"],
    ["", "nothing"],
    [":65536", "a port has 16 bits"],
  ])("%s is refused: %s", async (text) => {
    await expect(listenFrom({ listen: text })).rejects.toThrow("--listen names no address");
  });
  it("off is nowhere", async () => {
    expect(await listenFrom({ listen: "off" })).toBeUndefined();
  });
});

test.skipIf(!hasIPv6)("an address in brackets is listened on, and named in brackets where that fails", async () => {
  const where = await listenFrom({ listen: "[::1]:0" });
  const first = await listen(ENDPOINTS, where!);
  expect(first.host).toBe("::1");
  expect((await fetch(`http://[::1]:${first.port}/healthz`)).status).toBe(200);
  await expect(listen(ENDPOINTS, { ...where!, port: first.port })).rejects.toThrow(
    `cannot listen on [::1]:${first.port} (EADDRINUSE)`,
  );
  await first.close();
});
