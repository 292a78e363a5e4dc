/** The field: a GenieACS and a VOLTHA with a router and an ONU for every subscriber, as a process of its own. */
import { join } from "node:path";
import { execaNode } from "execa";

export interface Field {
  readonly places: Places;
  /** Requests since it was asked last; nothing is on its way any more. */
  calls(): Promise<Calls>;
  /** What really stands in the devices. */
  seen(): Promise<Seen>;
  /** Every setParameterValues of those that `calls` counted last. */
  told(): Promise<readonly Telling[]>;
  stop(): Promise<void>;
}
export interface Places {
  readonly nbi: string;
  readonly grpc: string;
  readonly vgc: string;
}
export interface Calls {
  readonly nbi: number;
  readonly rest: number;
  readonly grpc: number;
}
export interface Seen {
  /** ONUs with the flows of a service. */
  readonly served: number;
  /** Routers that inform as often as was declared. */
  readonly told: number;
}
export interface Telling {
  readonly path: string;
  readonly body: string;
}
export type Question = "places" | "calls" | "seen" | "told" | "stop";

export const OLT = { name: "olt1", serial: "BENCH_OLT_1", address: "olt1.bench.example:50060" } as const;

export async function startField(count: number): Promise<Field> {
  const child = execaNode(join(import.meta.dirname, "field-child.ts"), [`${count}`], { ipc: true, stderr: "inherit" });
  const ask = async <T>(question: Question): Promise<T> => {
    const [answer] = await Promise.all([child.getOneMessage(), child.sendMessage(question)]);
    return answer as T;
  };
  return {
    places: await ask<Places>("places"),
    calls: () => ask<Calls>("calls"),
    seen: () => ask<Seen>("seen"),
    told: () => ask<readonly Telling[]>("told"),
    async stop() {
      await ask("stop");
      await child;
    },
  };
}
