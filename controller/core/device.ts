/** Pure: what the device at the customer's dials with. Writing another value locks it out until the device has it too. */
import { differing, isSuspended } from "./diff.ts";
import type {
  Change,
  Desired,
  FieldChange,
  FieldTable,
  Hold,
  Observed,
  RefKey,
  Seen,
  Spec,
  Told,
  WithDevice,
} from "./model.ts";
import { isOutput, refKey } from "./model.ts";

export interface Parted {
  readonly going: readonly string[];
  readonly waiting: readonly string[];
}
const NONE: readonly string[] = [];

/** Of the fields that differ, those that wait for the device. What is new, or had no value, is no change to any device. */
export function part(
  d: Desired,
  have: Observed,
  want: Spec,
  rules: FieldTable,
  names: readonly string[],
  isTold: (device: Told) => boolean,
): Parted {
  if (!d.withDevice || have.retired || (d.withDevice.device && isTold(d.withDevice.device)))
    return { going: names, waiting: NONE };
  const waits = (f: string): boolean => {
    const [before, after] = [have.state[f] ?? null, want[f] ?? null];
    if (before === null || after === null || isOutput(after)) return false;
    return rules[f]?.rotates?.(before, after) === true;
  };
  const waiting = names.filter(waits);
  return waiting.length === 0
    ? { going: names, waiting }
    : { going: names.filter((f) => !waiting.includes(f)), waiting };
}

export function waitingFor({ withDevice }: Desired, secrets: readonly FieldChange[]): Pick<Change, "waiting"> {
  const fields = withDevice?.rename ? [...secrets, withDevice.rename] : secrets;
  return fields.length === 0 ? {} : { waiting: { fields, hold: awaiting(withDevice, fields) } };
}
function awaiting(withDevice: WithDevice | undefined, fields: readonly FieldChange[]): Hold {
  const message = `the customer's router dials with the earlier ${fields.map((f) => f.field).join(" and ")}`;
  return { code: withDevice?.device ? "AwaitingDevice" : "RouterNotManaged", message };
}

/** Why an account under an earlier name stays: the router may dial with it yet. Who is suspended is kept out under every name. */
export function formerWaits(
  successors: readonly Desired[],
  rules: FieldTable,
  isTold: (device: Told) => boolean,
): Hold | undefined {
  for (const { withDevice, spec } of successors) {
    if (!withDevice) continue;
    const { device } = withDevice;
    if (device?.keepsFormer && !isTold(device))
      return {
        code: "AwaitingDevice",
        message: `the customer's router ${device.ref} has not been told the new user name`,
      };
    if (!device && !isSuspended(rules, spec))
      return {
        code: "RouterNotManaged",
        message: "the customer's router may dial with this user name, and nothing tells it the new one",
      };
  }
  return undefined;
}
/** Whether the device was seen with everything that it is to dial with. */
export function told(
  desired: readonly Desired[],
  seen: Seen,
  token: (ref: RefKey) => string,
  fields: (ref: Desired["ref"]) => FieldTable,
): (device: Told) => boolean {
  return ({ ref, fields: dials }) => {
    const wanted = desired.find((d) => refKey(d.ref) === ref);
    const have = seen.get(ref);
    if (!wanted || !have || have.retired || have.token !== token(ref)) return false;
    return !differing(fields(wanted.ref), have, wanted.spec).some((f) => dials.includes(f));
  };
}

/**
 * What the device dials with goes to it only where the account can follow at once: one that is not seen, paused or refused
 * would leave the customer outside.
 */
export function unfollowed(changes: readonly Change[]): readonly Change[] {
  const stuck = changes.flatMap((c) => (c.tells && cannotFollow(c) ? [{ ...c.tells, account: refKey(c.ref) }] : []));
  if (stuck.length === 0) return changes;
  return changes.map((c) => {
    const by = stuck.find((s) => s.ref === refKey(c.ref));
    return by && c.action === "update" && !c.hold ? withoutDials(c, by.fields, by.account) : c;
  });
}
const cannotFollow = ({ hold, waiting, action }: Change): boolean =>
  hold !== undefined || STILL_TO_COME.has(action) || (waiting !== undefined && waiting.hold.code !== "AwaitingDevice");
/** Under a new name: the account is there first. */
const STILL_TO_COME: ReadonlySet<Change["action"]> = new Set(["create", "adopt", "restore"]);

function withoutDials(c: Change, dials: readonly string[], account: RefKey): Change {
  const waits = c.fields.filter((f) => dials.includes(f.field));
  if (waits.length === 0) return c;
  const fields = c.fields.filter((f) => !dials.includes(f.field));
  const hold: Hold = { code: "Blocked", message: `waits for ${account}, which could not follow` };
  return { ...c, action: fields.length > 0 ? c.action : "none", fields, waiting: { fields: waits, hold } };
}
