/** Pure: what the device at the customer's dials with. Writing another value locks it out until the device has it too. */
import type { Change, Desired, FieldChange, FieldTable, Observed, Spec } from "./model.ts";
import { isOutput } from "./model.ts";

export interface Parted {
  readonly going: readonly string[];
  readonly waiting: readonly string[];
}
const NONE: readonly string[] = [];

/** Of the fields that differ, those that wait for the device. What is new, or had no value, is no change to any device. */
export function part(d: Desired, have: Observed, want: Spec, rules: FieldTable, names: readonly string[]): Parted {
  if (!d.withDevice || have.retired) return { going: names, waiting: NONE };
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
  if (fields.length === 0) return {};
  const message = `the customer's router dials with the earlier ${fields.map((f) => f.field).join(" and ")}`;
  return { waiting: { fields, hold: { code: "AwaitingDevice", message } } };
}
