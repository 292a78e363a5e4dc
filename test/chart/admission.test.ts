/** Who may do what nobody should do by mistake, asked of a real API server in the name of each. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARGOCD, BUTTONS, CASES, GENERATED, OPERATOR, olts, profile, tenant } from "./admission-cases.ts";
import { kubectl, NAMESPACE, namespaces, RELEASE, ROOT, sure, uninstall, until, upgrade } from "./tools.ts";

const EXAMPLE = join(ROOT, "examples/acme");
beforeAll(async () => {
  await namespaces("isp-acme");
  await upgrade(
    "--set",
    "admission.approvers.groups={system:masters,noc-leads}",
    "--set",
    `admission.approvers.users={${BUTTONS}}`,
    "--set",
    `admission.estate.users={${ARGOCD}}`,
  );
  await until(
    async () => (await kubectl(["apply", "-f", join(EXAMPLE, "tenant.yaml"), "-f", join(EXAMPLE, "plans.yaml")])).ok,
  );
  await sure(kubectl(["apply", "-f", join(EXAMPLE, "subscribers/john-doe.yaml")]));
  await sure(kubectl(["apply", "-f", "-"], profile("mirror", GENERATED)));
  await sure(kubectl(["apply", "-f", "-"], profile("declared")));
  await sure(kubectl(["apply", "-f", "-"], olts));
  await kubectl(["create", "clusterrole", "operators", "--verb=*", "--resource=*.lastmile.dev"]);
  await kubectl(["create", "clusterrolebinding", "operators", "--clusterrole=operators", "--group=operators"]);
  for (const [kind, name] of [
    ["tenant", "acme"],
    ["subscriber", "john-doe"],
  ])
    await sure(kubectl(["patch", kind!, name!, "-n", "isp-acme", "--type=merge", "-p", HELD]));
  await until(async () => !(await tried(OPERATOR, ["create", "-f", "-"], tenant)).includes("allowed"));
  // The last binding that helm makes, so all others count as well.
  await until(async () => !(await tried(OPERATOR, MOVED)).includes("allowed"));
});
const MOVED = ["patch", "tenant", "acme", "--type=merge", "-p", '{"spec":{"realms":["moved.example"]}}'];
const HELD = JSON.stringify({
  metadata: { finalizers: ["lastmile.dev/deprovision"], annotations: { "lastmile.dev/approve": "8f2c" } },
});
afterAll(async () => {
  const letGo = JSON.stringify({ metadata: { finalizers: null } });
  for (const [kind, name] of [
    ["tenant", "acme"],
    ["subscriber", "john-doe"],
  ])
    await kubectl(["patch", kind!, name!, "-n", "isp-acme", "--type=merge", "-p", letGo]);
  await uninstall();
  await kubectl(["delete", "tenants,externalsystems", "--all"]);
  await kubectl(["delete", "serviceplans,subscribers,networkprofiles", "--all", "-n", "isp-acme"]);
});
/** `allowed`, or the policy that refused. */
async function tried(as: readonly string[], args: readonly string[], input?: string): Promise<string> {
  const { ok, error } = await kubectl([...args, ...as, "--dry-run=server"], input);
  if (ok) return "allowed";
  const [, policy] = new RegExp(`'${NAMESPACE}-${RELEASE}-(\\w+)'.* denied request`).exec(error) ?? [];
  return policy ?? error;
}
describe("the admission policies", () => {
  it.each(CASES.map((c) => [c[0], c] as const))("when %s", async (_why, [, as, args, verdict, input]) =>
    expect(await tried(as, args, input)).toMatch(new RegExp(`^(${verdict})$`)),
  );

  it("are understood by the API server to the last field", async () => {
    const [policy] = await judged(`${NAMESPACE}-${RELEASE}-budgets`);
    const misspelt = JSON.stringify(policy).replaceAll("policies.?budgets", "policies.?budget");
    const other = JSON.parse(misspelt) as Judged;
    await sure(kubectl(["create", "-f", "-"], JSON.stringify({ ...other, metadata: { name: "misspelt" } })));
    const names = ["approval", "budgets", "controller", "estate", "finalizer", "home", "systems", "tenants"];
    const ours = names.map((name) => `${NAMESPACE}-${RELEASE}-${name}`);
    const found = await judged(...ours, "misspelt");
    await sure(kubectl(["delete", "validatingadmissionpolicy", "misspelt"]));
    const warned = found.filter((p) => (p.status?.typeChecking?.expressionWarnings ?? []).length > 0);
    expect([found.length, warned.map((p) => p.metadata.name)]).toEqual([9, ["misspelt"]]);
  });
});
/** Policies once the API server has checked their expressions against the kinds. */
async function judged(...names: readonly string[]): Promise<readonly Judged[]> {
  const read = async (): Promise<readonly Judged[]> =>
    (JSON.parse(await sure(kubectl(["get", "validatingadmissionpolicies", "-o", "json"]))) as List).items.filter((p) =>
      names.includes(p.metadata.name),
    );
  await until(async () => (await read()).every((p) => p.status?.typeChecking !== undefined));
  return read();
}
interface List {
  readonly items: readonly Judged[];
}
interface Judged {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly typeChecking?: { readonly expressionWarnings?: readonly unknown[] } };
}
