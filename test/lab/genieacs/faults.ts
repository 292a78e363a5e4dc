/** Faults: of a task (channel `task_<id>`) or of a preset's channel. They keep what failed, secrets included (facts 8, 9). */
import type { Doc } from "./documents.ts";

export interface FaultDoc extends Doc {
  readonly _id: string;
  readonly device: string;
  readonly channel: string;
  readonly timestamp: Date;
  readonly retries: number;
}
export type Faults = Map<string, FaultDoc>;
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly detail: unknown;
}
export const faultId = (device: string, channel: string): string => `${device}:${channel}`;
export const taskChannel = (task: string): string => `task_${task}`;

/** Again a failure of the same channel: one fault with one more retry. */
export function record(
  faults: Faults,
  device: string,
  channel: string,
  failure: Failure,
  provisions: unknown,
  now: Date,
  expiry?: Date,
): void {
  const _id = faultId(device, channel);
  const before = faults.get(_id);
  faults.set(_id, {
    _id,
    device,
    channel,
    timestamp: now,
    ...failure,
    retries: before ? before.retries + 1 : 0,
    ...(expiry && { expiry }),
    provisions: JSON.stringify(provisions),
  });
}
/** A channel that failed rests, twice as long each time. */
const RETRY_DELAY_MS = 300_000;
export function rests(faults: Faults, device: string, channel: string, now: Date): boolean {
  const fault = faults.get(faultId(device, channel));
  return fault !== undefined && now.getTime() < fault.timestamp.getTime() + RETRY_DELAY_MS * 2 ** fault.retries;
}
