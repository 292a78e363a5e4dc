/** Opens what a command works on, and closes it whatever happens. */
import type { Controller, ControllerOptions } from "../engine/controller.ts";
import { kubernetesSecrets } from "../kubernetes/secrets.ts";
import { type Installation, openInstallation, settingsFrom } from "../main.ts";
import { clusterNamed, withCluster } from "./cluster.ts";
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
  const opened = async (installation: Installation, secrets: SecretsAt): Promise<T> => {
    const controller = installation.controller({ ...options, ...secrets });
    try {
      await controller.load();
      return await work(controller, installation);
    } finally {
      controller.engine.close();
      await controller.endpoints.close();
    }
  };
  return withInstallation(cx, (installation) => withSecretsAt(at, (secrets) => opened(installation, secrets)));
}

interface Place {
  /** Where the declarations are: in a cluster their secrets are, too. */
  readonly at?: string | undefined;
}
type SecretsAt = Partial<Pick<ControllerOptions, "secretSource">>;
async function withSecretsAt<T>(at: string | undefined, work: (secrets: SecretsAt) => Promise<T>): Promise<T> {
  const cluster = at === undefined ? undefined : clusterNamed(at);
  if (!cluster) return work({});
  // What cannot be read is missed where it is needed, and told there.
  return withCluster(cluster, (api) => work({ secretSource: kubernetesSecrets(api, () => undefined) }));
}

/** The driver's own words would quote the address, and with it the password. */
export function checkUrl(url: string | undefined): void {
  if (!url || (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol))) return;
  throw new CliError("DATABASE_URL is no address of PostgreSQL", "write postgresql://user:password@host:5432/database");
}
