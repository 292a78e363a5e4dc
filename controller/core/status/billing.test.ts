import { describe, expect, it } from "vitest";
import type { SubscriberStatusBilling } from "../../api/types.generated.ts";
import type { Change, Scalar } from "../model.ts";
import { explain } from "./explain.ts";
import { account, input, run } from "./fixture.ts";
import { subscriberStatus } from "./subscriber.ts";

const SINCE = "2026-01-01T00:00:00Z";
const object = (resource: string, key: string, rest: Partial<Change> = {}): Change =>
  account({ ref: { system: "billing-1", resource, key }, id: "7", ...rest });
const unseen = { hold: { code: "Blocked", message: "not observed yet" } } as const;
const ALL = (rest: Partial<Change> = {}): readonly Change[] => [
  object("service", "s", rest),
  object("subscription", "s:plan", rest),
  object("activation", "s", rest),
];
type Outputs = Readonly<Record<string, Scalar>>;
/** What billing shows of each kind of object. */
const PENDING = { activation: { state: "PENDING" }, subscription: { product: "res", state: "PENDING" } };
const ACTIVE = {
  activation: { state: "ACTIVE", activatedAt: SINCE },
  subscription: { product: "res", state: "ACTIVE" },
};

function status(
  changes: readonly Change[],
  shown: Readonly<Record<string, Outputs>>,
  billing?: SubscriberStatusBilling,
) {
  const i = input(
    {
      ...run([account(), ...changes]),
      known: ({ $output, path }) => shown[$output.split("/")[1] ?? ""]?.[path],
    },
    { billing: { account: "ACC-1" } },
  );
  const systems = new Map([...i.systems, ["billing-1", "Billing"]]);
  return subscriberStatus({ ...i, systems, previous: billing && { billing } });
}
const section = (...args: Parameters<typeof status>) => status(...args).billing;

describe("the bill", () => {
  const running = {
    account: "ACC-1",
    serviceId: "7",
    subscriptions: [{ product: "res", id: "7", state: "ACTIVE" }],
    activatedAt: SINCE,
    billingStarted: true,
  };
  const waiting = {
    account: "ACC-1",
    serviceId: "7",
    subscriptions: [{ product: "res", id: "7", state: "PENDING" }],
    billingStarted: false,
  };
  it.each([
    ["runs", section(ALL(), ACTIVE), running],
    ["waits: that it has not started was seen", section(ALL(), PENDING), waiting],
    [
      "is still to be registered",
      section(ALL({ action: "create", id: "" }), {}),
      { account: "ACC-1", billingStarted: false },
    ],
    ["cannot be seen: what was seen last is told", section(ALL(unseen), {}, running), running],
    ["was never seen: nothing is said of it", section(ALL(unseen), {}), { account: "ACC-1" }],
    [
      "is seen in part: only the rest is what was seen last",
      section([object("service", "s", { id: "8" }), ...ALL(unseen).slice(1)], {}, running),
      { ...running, serviceId: "8" },
    ],
    ["has started since: what was seen last is not told", section(ALL(), ACTIVE, waiting), running],
    [
      "is somebody else's: his service is not told as ours",
      section(ALL({ action: "adopt", hold: { code: "NotOwned", message: "x" } }), {}),
      { account: "ACC-1", billingStarted: false },
    ],
    ["is nobody's: another account was never seen", section([], {}, running), undefined],
  ])("%s", (_why, told, expected) => expect(told).toEqual(expected && { ...expected, facts: told?.facts }));
});

describe("what the bill waits for", () => {
  const warned = (...args: Parameters<typeof status>) =>
    status(...args).conditions?.find((c) => c.type === "Warnings")?.reason;
  it("is said, and holds nothing", () => {
    const told = status(ALL(), PENDING);
    expect(told.conditions?.find((c) => c.type === "Ready")).toMatchObject({ status: "True", reason: "Converged" });
    expect(explain(told).at(-1)).toMatch(/^Remark: the bill has not started: it waits for a SiteSurvey /);
  });
  it.each([
    ["as it should be, and PENDING", warned(ALL(), PENDING), "AwaitingSurvey"],
    ["running", warned(ALL(), ACTIVE), undefined],
    ["suspended before it began", warned(ALL(), { activation: { state: "SUSPENDED" } }), undefined],
    ["about to start", warned(ALL({ action: "update" }), PENDING), undefined],
    ["somebody else's", warned(ALL({ action: "adopt", hold: { code: "NotOwned", message: "x" } }), PENDING), undefined],
  ])("%s", (_why, reason, expected) => expect(reason).toBe(expected));
});
