import { afterEach, describe, expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import { Sensitive } from "../core/sensitive.ts";
import { type Listening, openHttp } from "./http.ts";
import type { Devices } from "./http-devices.ts";

const TOKEN = "0123456789abcdef";
let server: Listening | undefined;
let failures: unknown[];
let heard: string[];
afterEach(async () => {
  await server?.close();
  server = undefined;
});
const standing: Omit<Devices, "token" | "failed"> = {
  document: async (path) => (path === "/sadis/v2/subscribers/A-1" ? { id: "A-1" } : undefined),
  hint: (ref) => void heard.push(ref),
};
async function serve(devices: Partial<Devices> | "no token" = {}): Promise<string> {
  failures = [];
  heard = [];
  const failed = (error: unknown): void => void failures.push(error);
  const others = { metrics: async () => ({ type: "text/plain", text: "" }), healthz: () => [], readyz: async () => [] };
  const all = devices === "no token" ? undefined : { token: new Sensitive(TOKEN), failed, ...standing, ...devices };
  server = await openHttp({ ...others, devices: all }, { port: 0 });
  return `http://127.0.0.1:${server.port}`;
}
const bearer = { authorization: `Bearer ${TOKEN}` };
const get = async (url: string, headers: Readonly<Record<string, string>> = bearer) => {
  const answer = await fetch(url, { headers });
  return [answer.status, await answer.text()];
};
const post = async (url: string, headers: Readonly<Record<string, string>> = bearer) =>
  (await fetch(url, { method: "POST", headers, body: "anything" })).status;
const throwing = (error: unknown) => (): never => {
  throw error;
};

describe("who asks", () => {
  const JOHN = "/sadis/v2/subscribers/A-1";
  it.each<readonly [string, string, Readonly<Record<string, string>>, number]>([
    ["shows the token (RFC 6750, 2.1)", "", bearer, 200],
    ["writes the scheme as he likes (RFC 9110, 11.1)", "", { authorization: `bearer ${TOKEN}` }, 200],
    ["can send no header, as ONOS", `?access_token=${TOKEN}`, {}, 200],
    ["shows nothing", "", {}, 401],
    ["shows an empty one", "?access_token=", { authorization: "Bearer " }, 401],
    ["shows the beginning of it", "", { authorization: `Bearer ${TOKEN.slice(0, 8)}` }, 401],
    ["shows more than it", `?access_token=${TOKEN}x`, {}, 401],
    ["shows it as a password", "", { authorization: `Basic ${btoa(`x:${TOKEN}`)}` }, 401],
    ["shows a false one in the header, which counts", `?access_token=${TOKEN}`, { authorization: "Bearer x" }, 401],
  ])("%s", async (_what, query, headers, status) => {
    const url = await serve();
    expect((await get(url + JOHN + query, headers))[0]).toBe(status);
    expect(await post(`${url}/hints/acs-1/device/A${query}`, headers)).toBe(status === 200 ? 202 : status);
    expect(heard).toHaveLength(status === 200 ? 1 : 0);
  });
  it("learns nothing of what is there without the token", async () => {
    const url = await serve();
    expect(await get(url + JOHN, {})).toEqual(await get(`${url}/sadis/v2/subscribers/B-1`, {}));
    expect((await fetch(url + JOHN)).headers.get("www-authenticate")).toBe("Bearer");
  });
  it("is never answered where no token is set", async () => {
    const url = await serve("no token");
    expect([(await get(url + JOHN))[0], await post(`${url}/hints/acs-1/device/A`)]).toEqual([403, 403]);
  });
});

describe("what is asked for", () => {
  it("is given by its name, however it is written; of what nobody declares nothing", async () => {
    const url = await serve();
    expect(await get(`${url}/sadis/v2/subscribers/A%2D1`)).toEqual([200, '{"id":"A-1"}\n']);
    expect(await get(`${url}/sadis/v2/subscribers/B-1`)).toEqual([404, '{"code":"NotDeclared"}\n']);
    expect(await get(`${url}/sadis/%E0%A4%A`)).toEqual([404, '{"code":"NotDeclared"}\n']);
    expect(await post(`${url}/sadis/v2/subscribers/A-1`)).toBe(405);
  });
  it.each([
    ["may be there in a moment", fault("Unavailable", "password=x"), 503, "Unavailable"],
    ["is uncertain", fault("Lost", "password=x"), 503, "Lost"],
    ["cannot be told as things are", fault("Misconfigured", "password=x"), 500, "Misconfigured"],
    ["meets a mistake of ours", new TypeError("password=x"), 500, "Internal"],
  ])(
    "%s: that is never taken for declared by nobody, and the reason is for the log",
    async (_why, error, status, code) => {
      const url = await serve({ document: throwing(error), hint: throwing(error) });
      expect(await get(`${url}/sadis/v2/subscribers/A-1`)).toEqual([status, `{"code":"${code}"}\n`]);
      expect(await post(`${url}/hints/acs-1/device/A`)).toBe(status);
      expect(failures).toEqual([error, error]);
    },
  );
});

it("a hint names one object", async () => {
  const url = await serve();
  const paths = ["acs-1/device/HW%2D1", "acs-1", "a/b/c/d"].map((ref) => `${url}/hints/${ref}`);
  expect([await Promise.all(paths.map((path) => post(path))), (await get(paths[0] ?? ""))[0]]).toEqual([
    [202, 404, 404],
    405,
  ]);
  expect(heard).toEqual(["acs-1/device/HW-1"]);
});
