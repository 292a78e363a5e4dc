/** The real systems with their rules and field tables, on a world in memory: nothing is reached. */
import type { Configure, Session } from "../../../reconcilers/system.ts";
import { refKey } from "../../core/model.ts";
import type { World } from "./world.ts";

export const systemsOf = (systems: ReadonlyMap<string, Configure>, world: World): ReadonlyMap<string, Configure> =>
  new Map(
    [...systems].map(([type, configure]) => [
      type,
      (raw, endpoint) => {
        const configured = configure(raw, endpoint);
        return { ...configured, connect: async (deps) => offline(await configured.connect(deps), world) };
      },
    ]),
  );

function offline(session: Session, world: World): Session {
  const { slots } = session;
  const resources = session.resources.map(({ name, marker, fields, limit }) => ({
    ...{ name, marker, fields, limit, settleMs: 0 },
    observe: async (lookups: Parameters<Session["resources"][number]["observe"]>[0]) =>
      new Map(
        lookups.flatMap(({ ref }) => {
          const found = world.observed.get(refKey(ref));
          return found ? [[refKey(ref), found] as const] : [];
        }),
      ),
    apply: () => Promise.reject(new Error("a plan has no effects")),
  }));
  return { slots, resources, ping: async () => ({ version: "" }), close: () => session.close() };
}
