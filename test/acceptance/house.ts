/** A provider whose tenant, RADIUS system and plan `basic` are declared and whose tables are made. */
import { plan, radius, tenant } from "./declarations.ts";
import { type Provider, provider } from "./provider.ts";

export async function house(policies: Record<string, unknown> = {}, more: readonly object[] = []): Promise<Provider> {
  const p = await provider();
  const server = new URL(p.env["DATABASE_URL"] ?? "");
  await p.secret("lastmile-system/radius/username", decodeURIComponent(server.username));
  await p.secret("lastmile-system/radius/password", decodeURIComponent(server.password));
  await p.declare("tenant.yaml", tenant({ policies }), radius(p.radiusUrl), plan("basic"), ...more);
  const made = await p.lastmile(["init", p.folder]);
  if (made.code !== 0) throw new Error(made.text);
  return p;
}
