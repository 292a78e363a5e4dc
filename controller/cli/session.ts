/** Opens what a command works on, and closes it whatever happens. */
import type { Controller, ControllerOptions } from "../engine/controller.ts";
import { type Installation, openInstallation, settingsFrom } from "../main.ts";
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
  options: Pick<ControllerOptions, "onReport"> = {},
): Promise<T> {
  return withInstallation(cx, async (installation) => {
    const controller = installation.controller(options);
    try {
      await controller.load();
      return await work(controller, installation);
    } finally {
      controller.engine.close();
      await controller.endpoints.close();
    }
  });
}

/** The driver's own words would quote the address, and with it the password. */
export function checkUrl(url: string | undefined): void {
  if (!url || (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol))) return;
  throw new CliError("DATABASE_URL is no address of PostgreSQL", "write postgresql://user:password@host:5432/database");
}
