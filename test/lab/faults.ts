/** Every external call of a run passes here, so that a test can lose a reply, fail it, or kill the controller at call n. */
import { fault } from "../../reconcilers/errors.ts";

/** The process died. Nothing of it answers any more; what it had sent may still take effect. */
export class Crash extends Error {
  override readonly name = "Crash";
}
export type Where = "before" | "after";
export type Guard = <T>(name: string, call: () => Promise<T>) => Promise<T>;

export class Faults {
  calls = 0;
  readonly log: string[] = [];
  crash: { readonly at: number; readonly where: Where } | undefined;
  dead = false;
  /** Names of calls whose next replies are lost after the effect, or refused with a 5xx before it. */
  readonly dropReply = new Map<string, number>();
  readonly refuse = new Map<string, number>();

  guard: Guard = async (name, call) => {
    if (this.dead) throw new Crash(name);
    const n = ++this.calls;
    this.log.push(name);
    if (this.crash?.at === n && this.crash.where === "before") {
      this.dead = true;
      throw new Crash(name);
    }
    if (take(this.refuse, name)) throw fault("Unavailable", `503 at ${name}`);
    const result = await call();
    if (this.crash?.at === n) this.dead = true;
    if (this.dead) throw new Crash(name); // in flight when the process died: the effect stands, nobody hears of it
    if (take(this.dropReply, name)) throw fault("Lost", `timeout at ${name}`);
    return result;
  };
}

function take(m: Map<string, number>, name: string): boolean {
  const left = m.get(name) ?? 0;
  if (left > 0) m.set(name, left - 1);
  return left > 0;
}
