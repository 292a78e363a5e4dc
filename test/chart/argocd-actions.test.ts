/** What Argo CD's buttons do to an object, by the scripts of its ConfigMap. */
import { describe, expect, it } from "vitest";
import { account, input, run } from "../../controller/core/status/fixture.ts";
import { subscriberStatus } from "../../controller/core/status/subscriber.ts";
import { actionsOf, GENERATION, KINDS, noted, type Thing, thing } from "./argocd.ts";
import { lua } from "./lua.ts";

const good = subscriberStatus(input(run([account()])));
const HELD = { ...good, held: [{ changeSet: "8f2c" }, { changeSet: "1a2b" }] };
const tenant = (status: object, annotations?: Readonly<Record<string, string>>) =>
  thing(status, { kind: "Tenant", spec: {}, ...(annotations && { annotations }) });
async function act(name: string, on: Thing, params?: Readonly<Record<string, string>>) {
  const action = actionsOf(on.kind).definitions.find((d) => d.name === name);
  return (await lua(action?.["action.lua"] ?? "", on, params)) as Thing;
}

describe("actions", () => {
  it.each<[what: string, name: string, on: Thing, annotations: object, params?: Readonly<Record<string, string>>]>([
    ["suspend, with a reason", "suspend", thing(good), { "lastmile.dev/suspend": "botnet" }, { reason: "botnet" }],
    [
      "suspend, where Argo CD has no parameters yet",
      "suspend",
      thing(good),
      { "lastmile.dev/suspend": "asked for in Argo CD" },
    ],
    [
      "suspend, with a word that would not",
      "suspend",
      thing(good),
      { "lastmile.dev/suspend": "asked for in Argo CD" },
      { reason: "false" },
    ],
    [
      "resume, and keep what others noted",
      "resume",
      thing(good, { annotations: { "lastmile.dev/suspend": "x", a: "b" } }),
      { a: "b" },
    ],
    ["pause", "pause", thing(good), { "lastmile.dev/paused": "true" }],
    ["unpause", "unpause", thing(good, { annotations: { "lastmile.dev/paused": "true", a: "b" } }), { a: "b" }],
    [
      "look again",
      "resync",
      thing(good),
      { "lastmile.dev/reconcile-requested-at": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
    ],
    ["approve all that is shown as held", "approve", tenant(HELD), { "lastmile.dev/approve": "8f2c,1a2b" }],
    ["approve one of them", "approve", tenant(HELD), { "lastmile.dev/approve": "1a2b" }, { changeSet: "1a2b" }],
  ])("%s, and change nothing else", async (_what, name, on, annotations, params) => {
    const { metadata, ...rest } = await act(name, on, params);
    const { annotations: made, ...kept } = metadata;
    expect(made).toEqual(annotations);
    expect([kept, rest.kind, rest.spec]).toEqual([
      { name: on.metadata.name, generation: GENERATION },
      on.kind,
      on.spec,
    ]);
  });
  it("refuse to approve what is not held", async () => {
    await expect(act("approve", tenant(HELD), { changeSet: "ffff" })).rejects.toThrow("nothing of that name is held");
    await expect(act("approve", tenant(good))).rejects.toThrow("nothing of that name is held");
  });
  it("are offered where they change something", async () => {
    const offered = async (on: Thing) => {
      const found = (await lua(actionsOf(on.kind)["discovery.lua"], on)) as Readonly<
        Record<string, { readonly disabled: boolean }>
      >;
      return Object.keys(found)
        .filter((name) => !found[name]?.disabled)
        .sort();
    };
    expect(await offered(thing(good))).toEqual(["pause", "resync", "suspend"]);
    expect(await offered(thing(good, noted("suspend", "x")))).toEqual(["pause", "resume", "resync"]);
    expect(await offered(thing(good, noted("paused", "true")))).toEqual(["resync", "suspend", "unpause"]);
    expect(await offered(tenant(good))).toEqual(["pause", "resync"]);
    expect(await offered(tenant(HELD))).toEqual(["approve", "pause", "resync"]);
  });
  it.each(KINDS)("that %s offers are all defined, and no others", async (kind) => {
    const { definitions, "discovery.lua": discovery } = actionsOf(kind);
    const offered = Object.keys((await lua(discovery, thing(good, { kind }))) as object);
    expect(definitions.map((d) => d.name).sort()).toEqual(offered.sort());
  });
});

describe("the sandbox of these tests", () => {
  it.each(["return obj.kind:upper()", "return string.len('x')", "return math.max(1)", "return require('io')"])(
    "has no more than Argo CD's: %s",
    async (script) => expect(lua(script, thing(good))).rejects.toThrow(),
  );
});
