/** A fibre provider at the command line: RADIUS, an OLT or two with their ONUs, and routers behind an ACS. */
import { expect } from "vitest";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import type { Plug } from "../lab/genieacs/device.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { type OnuHandle, startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import { plan, radius, subscriber, system, tenant } from "./declarations.ts";
import { type Answer, type Provider, provider, type Status } from "./provider.ts";

type Spec = Record<string, unknown>;
export type Item = Readonly<Record<string, unknown>>;
export type State = Status & { readonly cpe?: Item; readonly onu?: Item };

export interface Access extends Provider {
  readonly acs: GenieacsLab;
  readonly voltha: VolthaLab;
  /** By name; what is changed here is declared by the next `declared`. */
  readonly lines: Record<string, Spec>;
  /** Writes tenant, systems and plans anew; each changed as told by its name. */
  readonly declareHouse: (changed?: Readonly<Record<string, Spec>>) => Promise<void>;
  readonly declared: () => Promise<void>;
  /** Declares and applies to a good end. */
  readonly applied: (...options: readonly string[]) => Promise<Answer>;
  /** Declares and applies, whatever the end; what nothing can be done about is not waited for. */
  readonly tried: (...options: readonly string[]) => Promise<Answer>;
  readonly show: (name: string) => Promise<State>;
  readonly xs: (name: string) => Promise<Status>;
  readonly explain: (name: string) => Promise<string>;
  readonly onu: (serial: string, pon?: number, olt?: string) => OnuHandle;
  /** One that was put there before. */
  readonly onuOf: (serial: string) => OnuHandle;
  readonly router: (serial: string, dataModel?: Plug["dataModel"], more?: Partial<Plug>) => Cpe;
  /** All that the program has ever printed. */
  readonly said: string[];
}

const OLTS = [
  { name: "olt1", serial: "ACME_OLT_1", address: "olt1.acme.example:50060" },
  { name: "olt2", serial: "ACME_OLT_2", address: "olt2.acme.example:50060" },
];
export const OLT1 = "ACME_OLT_1";
export const OLT2 = "ACME_OLT_2";
const SYSTEMS = { radius: [{ name: "radius-1" }], genieacs: [{ name: "acs-1" }], voltha: [{ name: "voltha-1" }] };
const ROOMY = { budgets: { minimum: 100 } };
const MAKERS = {
  "TR-181": { oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech" },
  "TR-098": { oui: "00A0C5", productClass: "LS-90", manufacturer: "Lakeside" },
} as const;

export const MANAGEMENT = "https://acs.acme.example/";
export const INTERNET = { name: "internet", vlan: 102 };
export const VOICE = {
  name: "voice",
  vlanMode: "Shared",
  vlan: 444,
  innerVlan: 444,
  uniTag: 65,
  technologyProfileId: 65,
  pbit: 7,
  speed: { down: "1Mbps", up: "1Mbps" },
  keepWhenSuspended: true,
  multicast: false,
};
export const IPTV = {
  name: "iptv",
  vlanMode: "Shared",
  vlan: 555,
  innerVlan: 555,
  uniTag: 66,
  technologyProfileId: 66,
  pbit: 4,
};
/** PPPoE with a delegated prefix, on one pair of tags for each line; `more` changes it. */
export const home = (name: string, spec: Spec = {}): object =>
  plan(name, {
    ipv6AssignmentMode: "PD",
    ipv4Assignment: "Pool",
    pools: { ipv4: "cgn", pd: "pd" },
    idleTimeout: "0s",
    services: [INTERNET, VOICE],
    cpe: { managementUrl: MANAGEMENT },
    ...spec,
  });
/** Tags of a line of its own. */
export const tags = (innerVlan: number, serviceVlan = 102): Spec => ({
  networkProfile: {
    serviceVlan,
    innerVlan,
    delegatedIPv6Prefix: `2001:db8:1:${(innerVlan % 256).toString(16)}00::/56`,
  },
});

type Declared = { readonly metadata: { readonly name: string }; readonly spec: Spec };

export async function access(tenantSpec: Spec = {}, plans: readonly object[] = [home("basic")]): Promise<Access> {
  const [p, acs, voltha] = await Promise.all([provider(), startGenieacs(), startVoltha()]);
  for (const { serial, address } of OLTS) voltha.olt({ serial, hostAndPort: address, pons: 4 });
  const server = new URL(p.env["DATABASE_URL"] ?? "");
  for (const name of ["radius", "billing"]) {
    await p.secret(`lastmile-system/${name}/username`, decodeURIComponent(server.username));
    await p.secret(`lastmile-system/${name}/password`, decodeURIComponent(server.password));
  }
  const limits = { requestsPerSecond: 1000 };
  const open = { credentialsRef: undefined, limits };
  const controller = { type: "VGC", address: voltha.vgc };
  const { policies, systems, more, ...rest } = tenantSpec as { policies?: Spec; systems?: Spec; more?: object[] };
  const objects = [
    tenant({ ...rest, systems: { ...SYSTEMS, ...systems }, policies: { ...ROOMY, ...policies } }),
    radius(p.radiusUrl),
    system("acs-1", "GenieACS", acs.url, { ...open, genieacs: { refreshAfter: "1s" } }),
    system("voltha-1", "VOLTHA", voltha.grpc, {
      ...open,
      voltha: { controller, settleAfterRecovery: "1s", olts: OLTS },
    }),
    ...(more ?? []),
    ...plans,
  ] as readonly Declared[];
  const declareHouse: Access["declareHouse"] = (changed = {}) =>
    p.declare(
      "tenant.yaml",
      ...objects.map((one) =>
        JSON.parse(JSON.stringify({ ...one, spec: { ...one.spec, ...changed[one.metadata.name] } })),
      ),
    );
  const lines: Access["lines"] = {};
  const onus = new Map<string, OnuHandle>();
  const said: string[] = [];
  const lastmile: Access["lastmile"] = async (args, env) => {
    const answer = await p.lastmile(args, env);
    said.push(answer.text);
    return answer;
  };
  const apply: Access["apply"] = (...options) => lastmile(["apply", p.folder, "--yes", "--timeout", "90", ...options]);
  const declared = (): Promise<void> =>
    p.declare("lines.yaml", ...Object.entries(lines).map(([name, spec]) => subscriber(name, spec)));
  const tried: Access["tried"] = async (...options) => {
    await declared();
    await voltha.settled();
    return apply("--timeout", "10", ...options);
  };
  const applied: Access["applied"] = async (...options) => {
    const answer = await tried("--timeout", "90", ...options);
    expect(answer.code, answer.text).toBe(0);
    await voltha.settled();
    return answer;
  };
  const shown = async (kind: string, name: string): Promise<Status> =>
    (JSON.parse((await lastmile(["get", kind, name, "-o", "json"])).out) as { status: Status }).status;
  await declareHouse();
  const made = await p.lastmile(["init", p.folder]);
  if (made.code !== 0) throw new Error(made.text);
  return {
    ...p,
    ...{ acs, voltha, lines, said, declareHouse, declared, applied, tried, lastmile, apply },
    plan: (...options) => lastmile(["plan", p.folder, ...options]),
    show: (name) => shown("subscriber", name) as Promise<State>,
    xs: (name) => shown("externalsystem", name),
    explain: async (name) => (await lastmile(["explain", name])).out,
    onu(serial, pon = 0, olt = OLT1) {
      const made = voltha.onu({ serial, olt, pon });
      onus.set(serial, made);
      return made;
    },
    onuOf: (serial) => onus.get(serial)!,
    router: (serial, dataModel = "TR-181", more = {}) => acs.plug({ ...MAKERS[dataModel], serial, dataModel, ...more }),
    end: async () => {
      await p.end();
      await Promise.all([acs.close(), voltha.close()]);
    },
  };
}

/** What is asked of a device is believed for a second (`refreshAfter: 1s`). */
export const aSecondLater = (): Promise<void> => new Promise((wake) => setTimeout(wake, 1100));

/** What runs on a line, whatever anybody believes, as `uniTag:S.C/technology profile`. */
export const carried = (onu: OnuHandle): readonly string[] =>
  onu.services.map((t) => `${t.uniTagMatch}:${t.ponSTag}.${t.ponCTag}/${t.technologyProfileId}`).sort();

const PPP = {
  "TR-181": "Device.PPP.Interface.1",
  "TR-098": "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1",
} as const;
/** What a router dials with, as `user password`. */
export function dials(cpe: Cpe, dataModel: Plug["dataModel"] = "TR-181"): string {
  const at = PPP[dataModel];
  return `${cpe.get(`${at}.Username`)} ${cpe.get(`${at}.Password`)}`;
}
/** Who is let in, as `user password`. */
export async function letIn(p: Provider): Promise<readonly string[]> {
  const sql = `select username || ' ' || value as row from radcheck c where attribute = 'Cleartext-Password'
    and not exists (select from radcheck r where r.username = c.username and r.attribute = 'Auth-Type' and r.value = 'Reject')`;
  return (await p.radius.query<{ row: string }>(sql)).rows.map(({ row }) => row).sort();
}

/** Every table of the store as text, to prove what is not in it. */
export async function everythingStored(p: Provider): Promise<string> {
  const tables = await p.store.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  const parts = await Promise.all(
    tables.rows.map(({ name }) =>
      p.store.query<{ t: string | null }>(`select string_agg(to_jsonb(x)::text, ' ') as t from ${name} x`),
    ),
  );
  return parts.map(({ rows: [row] }) => row?.t ?? "").join("\n");
}
