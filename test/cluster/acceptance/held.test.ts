/** "approval of held changes on the Tenant by ChangeSet id (`Tenant.status.held` lists them)", with kubectl alone. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ten } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { openSite, type Site } from "../site.ts";
import { converges, everything } from "./words.ts";

const POLICIES = { budgets: { retire: "20%", suspend: "20%", disrupt: "20%", minimum: 1 } };
const FRAUD = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };

interface Shown {
  readonly changeSet: string;
  readonly subscribers: number;
  readonly examples: readonly string[];
}
let site: Site;
beforeAll(async () => {
  site = await openSite({ policies: POLICIES });
  await site.run();
  await site.apply(...ten());
  await converges(site, ...Array.from({ length: 10 }, (_, n) => `sub-${n}`));
});
afterAll(() => site?.close());

const status = async () => (await site.read("tenants", "acme"))?.status;
const held = async () => ((await status())?.["held"] ?? []) as readonly Shown[];
const rejected = async (): Promise<number> => {
  const sql = "select 1 from radcheck where attribute = 'Auth-Type' and value = 'Reject'";
  return (await site.radius.query(sql)).rowCount ?? 0;
};
const annotate = async (word: string): Promise<void> => {
  const done = await site.kubectl("annotate", "tenant", "acme", `lastmile.dev/approve=${word}`, "--overwrite");
  expect(done.code, done.text).toBe(0);
};
const warning = async (): Promise<string | undefined> =>
  (await status())?.conditions?.find((c) => c.type === "Warnings")?.message;

it("what waits is listed, and counted in the table", async () => {
  await site.apply(...ten((n) => (n < 5 ? FRAUD : {})));
  await soon(async () => expect((await rejected()) + ((await held())[0]?.subscribers ?? 0)).toBe(5));
  const [set, ...others] = await held();
  expect(others).toEqual([]);
  expect(set).toMatchObject({
    changeSet: expect.stringMatching(/^[0-9a-f]{12}$/),
    examples: expect.arrayContaining([expect.stringMatching(/^Subscriber sub-\d: update radius-1\/account\//)]),
  });
  const { out } = await site.kubectl("get", "tenants");
  expect(out).toMatch(/NAME +NAMESPACE +SUBSCRIBERS +HELD +READY/);
  expect(out).toMatch(new RegExp(`acme +isp-acme +\\d+ +${set?.subscribers} `));
});

it("an annotation that names nothing is a remark, and disturbs nobody", async () => {
  const before = await everything(site);
  await annotate("0123456789ab");
  await soon(async () => expect(await warning()).toContain("0123456789ab"));
  expect(await everything(site)).toBe(before);
});

it("kubectl annotate tenant lastmile.dev/approve=CHANGESET releases them, in the name of who annotated", async () => {
  const [set] = await held();
  await annotate(set?.changeSet ?? "");
  await soon(async () => expect([await rejected(), await held()]).toEqual([5, []]));
  await soon(async () => expect(await warning()).toBeUndefined());
  const sql = "select distinct by_whom, why from lastmile.approvals where change_set = $1";
  expect((await site.store.query(sql, [set?.changeSet])).rows).toEqual([
    { by_whom: "kubectl-annotate", why: "annotation lastmile.dev/approve" },
  ]);
});
