/** What Argo CD shows, by the health script of its ConfigMap, for objects in every state that the controller can give them. */
import { describe, expect, it } from "vitest";
import type { Change } from "../../controller/core/model.ts";
import { progress } from "../../controller/core/status/common.ts";
import { stamped } from "../../controller/core/status/conditions.ts";
import { account, input, NOW, run } from "../../controller/core/status/fixture.ts";
import { REASONS, type Reason, type ReasonCode } from "../../controller/core/status/reasons.ts";
import { subscriberStatus } from "../../controller/core/status/subscriber.ts";
import { systemStatus } from "../../controller/core/status/system.ts";
import { fault } from "../../reconcilers/errors.ts";
import { GENERATION, healthOf, KINDS, noted, type Thing, thing } from "./argocd.ts";

const KEY = "radius-1/account/john@acme.example";
const good = subscriberStatus(input(run([account()])));
const suspension = { serviceState: "Suspended", suspension: { reason: "NonPayment" } } as const;
const suspended = subscriberStatus(input(run([account()]), suspension));
const waiting = {
  ...run([account({ action: "update" })], { [KEY]: fault("AwaitingDevice", "the router did not report yet") }),
  settled: true,
};
const held = (code: NonNullable<Change["hold"]>["code"]) =>
  subscriberStatus(input(run([account({ action: "update", hold: { code, message: "because" } })])));
const stamp = { generation: GENERATION, now: NOW, previous: undefined };
const system = (rest: object) =>
  systemStatus({
    ...stamp,
    spec: { paused: false, mode: "Enforce" },
    contact: { ok: true, version: "18", at: NOW },
    breaker: "Closed",
    backlog: 0,
    drift: 0,
    ...rest,
  });
const terminated = { serviceState: "Terminated" } as const;

describe("health", () => {
  it.each<[why: string, of: Thing, status: string, says: string]>([
    ["nobody looked yet", thing(undefined), "Progressing", "not looked at"],
    [
      "the controller has not seen the last edit",
      thing({ ...good, observedGeneration: 2 }),
      "Progressing",
      "not looked at",
    ],
    ["in service", thing(good), "Healthy", "verified"],
    ["the first run is under way", thing(subscriberStatus(input(undefined))), "Progressing", ""],
    [
      "its account is being made",
      thing(subscriberStatus(input(run([account({ action: "create", id: "" })])))),
      "Progressing",
      "being made",
    ],
    [
      "a system is down, and it is tried again",
      thing(
        subscriberStatus(
          input(
            run([account({ hold: { code: "Blocked", message: "not observed yet" } })], {
              [KEY]: fault("Unavailable", "no answer"),
            }),
          ),
        ),
      ),
      "Progressing",
      "no answer",
    ],
    ["a person must act", thing(held("NotOwned")), "Degraded", "because"],
    ["it waits for an approval", thing(held("DestructiveLimit")), "Degraded", "because"],
    ["it waits for its window", thing(held("OutsideWindow")), "Progressing", "because"],
    [
      "it waits for the customer's router",
      thing(subscriberStatus(input(waiting))),
      "Healthy",
      "the router did not report yet",
    ],
    ["suspended as declared", thing(suspended, { spec: suspension }), "Suspended", "NonPayment"],
    ["suspended by annotation, whatever git says", thing(suspended, noted("suspend", "botnet")), "Suspended", "botnet"],
    ["the annotation was taken back by a word", thing(good, noted("suspend", "false")), "Healthy", "verified"],
    [
      "it is to be suspended, and its account is still open",
      thing(subscriberStatus(input(run([account({ action: "update" })]), suspension)), { spec: suspension }),
      "Progressing",
      "",
    ],
    [
      "terminated, which outlives an annotation",
      thing(subscriberStatus(input(run([]), terminated)), { spec: terminated, ...noted("suspend", "x") }),
      "Healthy",
      "out of service",
    ],
    ["paused by annotation", thing(held("Paused"), noted("paused", "true")), "Suspended", "paused"],
    ["paused no more", thing(good, noted("paused", "false")), "Healthy", "verified"],
    ["paused in its spec", thing(held("Paused"), { spec: { paused: true } }), "Suspended", "paused"],
    ["its tenant is paused", thing(held("Paused")), "Suspended", "because"],
    ["Lastmile only looks on", thing(held("ObserveOnly")), "Suspended", "because"],
    ["a system that answers", thing(system({}), { kind: "ExternalSystem", spec: {} }), "Healthy", ""],
    [
      "a system that is down",
      thing(system({ contact: { ok: false, fault: fault("Unavailable", "no answer") } }), {
        kind: "ExternalSystem",
        spec: {},
      }),
      "Progressing",
      "no answer",
    ],
    [
      "a system that refuses us",
      thing(system({ contact: { ok: false, fault: fault("Denied", "may not write") } }), {
        kind: "ExternalSystem",
        spec: {},
      }),
      "Degraded",
      "may not write",
    ],
    [
      "a system that is paused",
      thing(system({ spec: { paused: true, mode: "Enforce" } }), { kind: "ExternalSystem", spec: { paused: true } }),
      "Suspended",
      "paused",
    ],
  ])("when %s", async (_why, of, status, says) => {
    const health = await healthOf(of);
    expect(health).toMatchObject({ status });
    expect((health as { readonly message: string }).message).toContain(says);
  });

  const BY_MOVER: Readonly<Record<Reason["mover"], string>> = {
    lastmile: "Progressing",
    person: "Degraded",
    device: "Healthy",
    nobody: "",
  };
  const ASKED_FOR = new Set(["Paused", "ObserveOnly"]);
  const open = Object.entries(REASONS).filter(([, r]) => ["work", "hold", "fault", "blocker"].includes(r.group)) as [
    ReasonCode,
    Reason,
  ][];
  it.each(open)("of every kind, open for the reason %s", async (reason, { mover }) => {
    const status = stamped(progress([{ reason, message: "why", system: undefined }], true, "Converged"), stamp);
    const expected = ASKED_FOR.has(reason) ? "Suspended" : BY_MOVER[mover];
    const seen = await Promise.all(KINDS.map((kind) => healthOf(thing(status, { kind, spec: {} }))));
    expect(seen).toEqual(KINDS.map(() => ({ status: expected, message: "why" })));
  });
});
