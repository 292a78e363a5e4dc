/** `lastmile status`: the whole installation at a glance, from the store alone. */

import type { Subscriber } from "../../api/types.generated.ts";
import { stateOf } from "../../core/suspend.ts";
import type { Installation } from "../../main.ts";
import { readJsonPath } from "../crds.ts";
import type { Ask, Known } from "../declared-objects.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type SourceOption, withKnowledge } from "../knowledge.ts";
import { type OutputOption, print } from "../output.ts";
import { type Overview, overviewText, type Surroundings, type TenantRow, type Trouble } from "../render/overview.ts";

export async function status(cx: Cx, options: OutputOption & SourceOption): Promise<Exit> {
  return withKnowledge(cx, options, async (ask, installation) => {
    const overview = { ...(await look(ask)), ...(await around(installation, options.source)) };
    await print(cx.io, options.output, overview, (wide) => overviewText(overview, wide, cx.io.paint));
    return EXIT.ok;
  });
}

async function around(of: Installation | undefined, cluster = ""): Promise<Surroundings> {
  if (!of) return { installation: cluster, store: "of the cluster" };
  const { settings, server, leases, objects } = of;
  return {
    installation: settings.installation,
    store: server.embedded ? "embedded" : "DATABASE_URL",
    controllers: await leases.holders(),
    sources: (await objects.sources()).filter((s) => s.tenant !== "-"),
    refused: await objects.refusals(),
  };
}

async function look(ask: Ask): Promise<Omit<Overview, keyof Surroundings>> {
  const tenants = new Map<string, TenantRow>();
  const troubles: Trouble[] = [];
  for await (const known of ask({ kind: "Tenant" })) {
    tenants.set(known.row.tenant, nobody(known.row.tenant));
    troubles.push(...troubleOf(known));
  }
  for await (const known of ask({ kind: "Subscriber", deleted: true })) {
    const row = tenants.get(known.row.tenant) ?? nobody(known.row.tenant);
    tenants.set(row.tenant, count(row, known));
    if (known.row.deletedAt === undefined || known.status !== undefined) troubles.push(...troubleOf(known));
  }
  for await (const known of ask({ kind: "ServicePlan" })) troubles.push(...troubleOf(known));
  const systems = [];
  for await (const { name, object } of ask({ kind: "ExternalSystem" })) {
    const at = (path: string): string => String(readJsonPath(object, path) ?? "");
    systems.push({
      name,
      type: at(".spec.type"),
      mode: at(".spec.mode"),
      reachable: at('.status.conditions[?(@.type=="Reachable")].status'),
      version: at(".status.version"),
      breaker: at(".status.breaker"),
      message:
        at('.status.conditions[?(@.type=="Reachable")].status') === "False"
          ? at('.status.conditions[?(@.type=="Reachable")].message')
          : "",
    });
  }
  return {
    tenants: [...tenants.values()].sort((a, b) => (a.tenant < b.tenant ? -1 : 1)),
    systems,
    troubles,
  };
}

const condition = (known: Known, field: "status" | "reason" | "message"): string | undefined =>
  readJsonPath(known.object, `.status.conditions[?(@.type=="Ready")].${field}`) as string | undefined;

const nobody = (tenant: string): TenantRow => ({ tenant, subscribers: 0, ready: 0, suspended: 0, withdrawn: 0 });
function count(row: TenantRow, known: Known): TenantRow {
  if (known.row.deletedAt !== undefined) return { ...row, withdrawn: row.withdrawn + 1 };
  const suspended = stateOf(known.object as unknown as Subscriber, Date.now()) === "Suspended";
  return {
    ...row,
    subscribers: row.subscribers + 1,
    ready: row.ready + Number(condition(known, "status") === "True"),
    suspended: row.suspended + Number(suspended),
  };
}

function troubleOf(known: Known): readonly Trouble[] {
  if (condition(known, "status") === "True") return [];
  const [reason, message] = [
    condition(known, "reason") ?? "NotObserved",
    condition(known, "message") ?? "not looked at yet",
  ];
  const name = known.namespace === undefined ? known.name : `${known.namespace}/${known.name}`;
  return [{ subject: `${String(known.object["kind"])} ${name}`, reason, message }];
}
