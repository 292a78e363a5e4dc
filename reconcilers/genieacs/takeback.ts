/** Taking back what a device was to be told. While a session of it goes on the NBI refuses that (fact 18). */
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, fault } from "../errors.ts";
import type { Answer } from "./answers.ts";
import { channelOf } from "./faults.ts";
import { encode } from "./serials.ts";
import type { Session } from "./session.ts";
import type { Task } from "./task.ts";

/** Gone: a session has run it, or thrown it away after its time. */
export type Taken = "at once" | "after a session" | "gone";
const HEX_ID = /^[0-9a-f]{24}$/i;
const PAUSE_MS = 500;

/** An id that is no id kills a worker of the NBI (fact 6). @throws Fault `InUse`: the session does not end. */
export async function takeBack(s: Session, task: Pick<Task, "id" | "device">, signal: AbortSignal): Promise<Taken> {
  if (!HEX_ID.test(task.id)) throw fault("Unavailable", "GenieACS shows a task without an id");
  const { code, waited } = await whenFree(s, `/tasks/${task.id}`, signal);
  await whenFree(s, `/faults/${encode(`${task.device}:${channelOf(task.id)}`)}`, signal);
  if (code === 404) return "gone";
  return waited > 0 ? "after a session" : "at once";
}

interface Freed extends Answer {
  readonly waited: number;
}
async function whenFree(s: Session, path: string, signal: AbortSignal): Promise<Freed> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return { ...(await s.http.send("DELETE", path, undefined, signal)), waited };
    } catch (e) {
      if (!(e instanceof Fault && e.code === "InUse") || waited >= s.patienceMs) throw e;
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined); // given up: the next call says so
  }
}
