/** Opens what a command works on, and closes it whatever happens. */
import type { Controller, ControllerOptions } from "../engine/controller.ts";
import { kubernetesSecrets } from "../kubernetes/secrets.ts";
import { type Installation, openInstallation, settingsFrom } from "../main.ts";
import { clusterNamed, connect } from "./cluster.ts";
import { CliError } from "./errors.ts";
import type { Cx } from "./io.ts";

export async function withInstallation<T>(cx: Cx, work: (i: Installation) => Promise<T>): Promise<T> {
  checkUrl(cx.env["DATABASE_URL"]);
  const installation = await openInstallation(settingsFrom(cx.env, cx.cwd));
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}

/** The controller knows what is declared and is connected; it holds no lease and does nothing by itself. */
export async function withController<T>(
  cx: Cx,
  work: (controller: Controller, i: Installation) => Promise<T>,
  { at, ...options }: Pick<ControllerOptions, "onReport"> & Place = {},
): Promise<T> {
  return withInstallation(cx, async (installation) => {
    const controller = installation.controller({ ...options, ...(at !== undefined && (await secretsAt(at))) });
    try {
      await controller.load();
      return await work(controller, installation);
    } finally {
      controller.engine.close();
      await controller.endpoints.close();
    }
  });
}

interface Place {
  /** Where the declarations are: in a cluster their secrets are, too. */
  readonly at?: string | undefined;
}
async function secretsAt(at: string): Promise<Pick<ControllerOptions, "secretSource"> | undefined> {
  const cluster = clusterNamed(at);
  if (!cluster) return undefined;
  const api = await connect(cluster);
  // What cannot be read is missed where it is needed, and told there.
  return { secretSource: kubernetesSecrets(api, () => undefined) };
}

/** The driver's own words would quote the address, and with it the password. */
export function checkUrl(url: string | undefined): void {
  if (!url || (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol))) return;
  throw new CliError("DATABASE_URL is no address of PostgreSQL", "write postgresql://user:password@host:5432/database");
}
