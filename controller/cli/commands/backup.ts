/** `lastmile backup`: all of the store in one file. `lastmile restore`: from it into an empty store. */
import { resolve } from "node:path";
import { keySource, settingsFrom } from "../../main.ts";
import { readBackup } from "../../store/backup/read.ts";
import { writeBackup } from "../../store/backup/write.ts";
import { openDatabase } from "../../store/embedded.ts";
import { readKeys } from "../../store/keys.ts";
import { migrate } from "../../store/migrate.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { count } from "../render/problems.ts";
import { checkUrl, withInstallation } from "../session.ts";

export async function backup(cx: Cx, path: string, { output }: OutputOption): Promise<Exit> {
  const file = resolve(cx.cwd, path);
  return withInstallation(cx, async ({ server, settings }) => {
    const { header, rows } = await writeBackup(server.url, file, new Date()).catch(told);
    const { file: keyFile } = keySource(settings, server);
    const data = { file, rows, ...header, keyFile };
    await print(cx.io, output, data, () =>
      [
        `Backup of installation ${header.installation}: ${count(rows, "row")} in ${file}`,
        `Secrets in it stay sealed with master key ${header.keys.join(", ") || "(none yet)"}: keep a copy of ${keyFile} elsewhere.`,
      ].join("\n"),
    );
    return EXIT.ok;
  });
}

/** Nothing of the installation is opened before: it would begin the empty store anew. */
export async function restore(cx: Cx, path: string, { output }: OutputOption): Promise<Exit> {
  const file = resolve(cx.cwd, path);
  checkUrl(cx.env["DATABASE_URL"]);
  const settings = settingsFrom(cx.env, cx.cwd);
  const server = await openDatabase({ url: settings.databaseUrl, home: settings.home });
  const keys = await readKeys({ ...keySource(settings, server), make: false });
  await migrate(server.url);
  const { installation } = settings;
  const { header, rows } = await readBackup({ url: server.url, file, installation, keys }).catch(told);
  await print(cx.io, output, { file, rows, ...header }, () =>
    [
      `Restored ${count(rows, "row")} of installation ${header.installation}, as it was at ${header.at}.`,
      "What was done since is not in it: `lastmile recover PATH` takes it back from the systems, then look at `lastmile plan PATH`.",
    ].join("\n"),
  );
  return EXIT.ok;
}

function told(e: unknown): never {
  const { code, path } = e as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) throw e;
  throw new CliError(`${path} cannot be used (${code})`, "name a file in a folder that is there and may be written");
}
