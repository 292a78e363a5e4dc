/** A provider with a real FreeRADIUS: what it declares is written as the engine would, and its customers log in. */
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { database } from "../../reconcilers/postgres.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { accounts, groups } from "../../reconcilers/radius/resources.ts";
import { ensureSchema } from "../../reconcilers/radius/schema.ts";
import { hand, signal } from "../contract/hand.ts";
import { config, ENDPOINT, PASSWORD, plan, planSubject, subscriber } from "../contract/radius.subjects.ts";
import { freshDatabase } from "../lab/database.ts";
import { type Reply, type Server, startServer } from "./server.ts";

/** What a NAS sends beside the name: PAP or CHAP password, option 82. */
export interface Login {
  readonly pap?: string;
  readonly chap?: string;
  /** `Attribute = value`. */
  readonly circuit?: string;
}

export async function openProvider() {
  const { pool, url, drop } = await freshDatabase("template1");
  const db = database(pool);
  await ensureSchema(db, signal);
  const server: Server = await startServer(url);
  const plans = [planSubject(), planSubject({ name: "business", ...business })];
  for (const p of plans) {
    const all = desired(p, ENDPOINT, config);
    const h = hand({ resource: groups(db, ENDPOINT), owner: () => p.owner, desired: (n) => all[n]! });
    for (const [n, d] of all.entries()) await h.settle(n, d);
  }
  const of = (n: number, more: Partial<ResolvedSubscriber>) => desired(subscriber(n, more), ENDPOINT, config)[0];
  const h = hand({
    resource: accounts(db, ENDPOINT, config.nas),
    owner: (n) => subscriber(n).owner,
    desired: (n) => of(n, {})!,
  });
  return {
    declare: (n: number, more: Partial<ResolvedSubscriber> = {}) => h.settle(n, of(n, more)),
    retire: (n: number) => h.settle(n, undefined),
    destroy: (n: number) => h.settle(n, undefined, true),
    login: (n: number, { pap, chap, circuit }: Login): Promise<Reply> =>
      server.ask([
        `User-Name = "${subscriber(n).userName}"`,
        ...(pap === undefined ? [] : [`User-Password = "${pap}"`]),
        ...(chap === undefined ? [] : [`CHAP-Password = "${chap}"`]),
        ...(circuit === undefined ? [] : [circuit]),
      ]),
    async close(): Promise<void> {
      await server.stop();
      await drop();
    },
  };
}

/** Everything that the first plan does not have. */
const business = {
  speed: { downKbps: 500_000, upKbps: 250_500, burstDownKbps: 600_000, burstUpKbps: 300_000 },
  attributes: [],
};
export const businessPlan = { ...plan, name: "business", ...business };
export const circuitOf = (n: number): string => `ADSL-Agent-Circuit-Id = "${subscriber(n).option82.circuitId}"`;
export { PASSWORD };
