/** The permanent name of this installation: every owner begins with it, so a store serves one name for ever. */
import type { Calls } from "./calls.ts";
import { StoreError } from "./errors.ts";

/** Records the name at the first start; later a different one is refused (WrongInstallation). */
export async function recordInstallation(calls: Calls, name: string): Promise<void> {
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)) {
    throw new StoreError("WrongInstallation", `${JSON.stringify(name)} cannot be the name of an installation`);
  }
  await calls.query("installation", "insert into lastmile.installation (name) values ($1) on conflict do nothing", [
    name,
  ]);
  const recorded = await installationName(calls);
  if (recorded !== name) {
    throw new StoreError("WrongInstallation", `this store belongs to installation "${recorded}", not to "${name}"`);
  }
}

/** undefined: not started yet. */
export async function installationName(calls: Calls): Promise<string | undefined> {
  const [row] = await calls.query<{ name: string }>("installation", "select name from lastmile.installation");
  return row?.name;
}
