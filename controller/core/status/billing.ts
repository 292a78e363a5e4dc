/** What a person asks of the bill: whose account, what is charged, since when, and what it still waits for. */
import type { SubscriberStatusBilling as Section, SubscriberStatus } from "../../api/types.generated.ts";
import { type Change, isDone, refKey, type Scalar } from "../model.ts";
import type { Warning } from "../resolve/findings.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import type { StatusInput } from "./causes.ts";

type Input = Pick<StatusInput<SubscriberStatus>, "report" | "systems" | "previous">;

/** undefined: nothing is billed. Of what is not seen now, what was seen last is told: an outage stops nobody's bill. */
export function billingSection({ billing }: ResolvedSubscriber, input: Input): Section | undefined {
  const own = billed(input);
  if (own.length === 0 || billing.account === undefined) return undefined;
  const before = input.previous?.billing;
  const part = (
    resource: string,
    now: (changes: readonly Change[]) => Section,
    ...keys: readonly (keyof Section)[]
  ) => {
    const changes = own.filter((c) => c.ref.resource === resource);
    return changes.some(isUnseen) ? only(before, keys) : now(changes);
  };
  return {
    account: billing.account,
    ...part("service", ([service]) => (service?.id && isOurs(service) ? { serviceId: service.id } : {}), "serviceId"),
    ...part("subscription", (changes) => subscriptions(changes, input), "subscriptions"),
    ...part("activation", ([activation]) => started(activation, input), "activatedAt", "billingStarted"),
    facts: billing.facts.map(({ fact, required, reason }) => ({ fact, required, reason })),
  };
}

/** The bill is as it should be and has not begun: only the survey, which is declared, keeps it from being wanted. */
export function billRemarks(input: Input): readonly Warning[] {
  const waits = billed(input).some(
    (c) => c.ref.resource === "activation" && isDone(c) && shown(c, "state", input) === "PENDING",
  );
  return waits ? [{ reason: "AwaitingSurvey", message: NO_SURVEY }] : [];
}
const NO_SURVEY =
  "the bill has not started: it waits for a SiteSurvey of this subscriber that is Completed and Serviceable";

const billed = ({ report, systems }: Input): readonly Change[] =>
  report?.plan.changes.filter((c) => systems.get(c.ref.system) === "Billing") ?? [];
/** There is nothing to do, and yet it stands still. */
const isUnseen = ({ action, hold }: Change): boolean => action === "none" && hold !== undefined;

const isOurs = ({ hold }: Change): boolean => hold?.code !== "NotOwned";

const only = (section: Section | undefined, keys: readonly (keyof Section)[]): Section =>
  Object.fromEntries(Object.entries(section ?? {}).filter(([key]) => keys.some((k) => k === key)));

function subscriptions(changes: readonly Change[], input: Input): Section {
  const all = changes.flatMap((c) => {
    const [product, state] = [shown(c, "product", input), shown(c, "state", input)];
    return product === undefined ? [] : [{ product, ...(c.id && { id: c.id }), ...(state && { state }) }];
  });
  return all.length > 0 ? { subscriptions: all } : {};
}

function started(activation: Change | undefined, input: Input): Section {
  const activatedAt = activation && shown(activation, "activatedAt", input);
  return { ...(activatedAt && { activatedAt }), billingStarted: activatedAt !== undefined };
}

function shown({ ref }: Change, path: string, { report }: Input): string | undefined {
  const value: Scalar | undefined = report?.known({ $output: refKey(ref), path });
  return value === undefined ? undefined : String(value);
}
