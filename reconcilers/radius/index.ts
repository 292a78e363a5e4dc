/** RADIUS: the rows of a stock FreeRADIUS on PostgreSQL. README.md says what is written where. */
import { fault } from "../errors.ts";
import { type Database, openDatabase, preparing } from "../postgres.ts";
import type { ClientDeps, Session, System } from "../system.ts";
import { type NasLink, nasLink } from "./coa/nas.ts";
import { isLive, type Nas, parseConfig, type RadiusConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { InUse } from "./in-use.ts";
import { accounts, groups } from "./resources.ts";
import { ensureSchema } from "./schema.ts";
import { news, sessions } from "./sessions.ts";
import { rights } from "./sessions-sql.ts";
import { version } from "./sql.ts";

export const radius: System<RadiusConfig> = {
  type: "RADIUS",
  parseConfig,
  desired,
  connect: async (config, deps) => session(openDatabase(config, deps), config, deps),
  prepare: preparing(ensureSchema),
};

function session(db: Database, config: RadiusConfig, { endpoint, secrets = {} }: ClientDeps): Session {
  const { nas } = config;
  const rows = [groups(db, endpoint, nas), accounts(db, endpoint, nas)];
  const links = linksOf(nas, secrets);
  const of = { db, endpoint, nas, links, inUse: new InUse() };
  const live = isLive(config);
  const all = sessions(of);
  // What was made while there was a secretRef can still be taken away; without one, its tables may be missing.
  const { scan: _, ...whatIsLeft } = all;
  return {
    resources: [...rows, live ? all : whatIsLeft],
    slots: config.slots,
    ...(live && { hints: (signal: AbortSignal) => news(of, signal) }),
    ping: async (signal) => {
      const [row] = await db.read(version, [], signal);
      if (String(row?.[1]) !== "true") throw fault("Denied", "the database account may not write FreeRADIUS's tables");
      if (live) await checkSessions(db, signal);
      return { version: `PostgreSQL ${row?.[0]}` };
    },
    close: async () => {
      for (const link of links.values()) link.close();
      await db.close();
    },
  };
}

/** Tables of a later version are made by `lastmile init`. */
async function checkSessions(db: Database, signal: AbortSignal): Promise<void> {
  const [row] = await db.read(rights, [], signal);
  if (String(row?.[0]) !== "true")
    throw fault(
      "Denied",
      "the database account may not read radacct, or what sessions were told: run `lastmile init`, or give the rights",
    );
}

/** Of those whose secret is known. */
function linksOf(nas: readonly Nas[], secrets: NonNullable<ClientDeps["secrets"]>): ReadonlyMap<string, NasLink> {
  const open = nas.flatMap((n): readonly (readonly [string, NasLink])[] => {
    const secret = n.dynamic.secret === undefined ? undefined : secrets[n.dynamic.secret];
    return secret && n.address !== undefined ? [[n.name, nasLink(n, secret)]] : [];
  });
  return new Map(open);
}

/** For `init --print-sql`. */
export { schemaSql } from "./schema.ts";
