/** NetBox from PyPI in a cached environment of its own; nothing of it is kept in the repository. */
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export const VERSION = "4.7.3";
export const CACHE = join(homedir(), ".cache", "lastmile", `netbox-${VERSION}`);

const PIP = ["install", "-q", "--no-compile", "--prefer-binary", "--disable-pip-version-check"];
/** NetBox's own, but for the driver of PostgreSQL that would have to be compiled. */
const REQUIREMENTS = `
from importlib.metadata import requires
print("\\n".join(r.replace("psycopg[c,", "psycopg[binary,") for r in requires("netbox") if "extra ==" not in r))
`;

/** The folder with `netbox` and `gunicorn`. */
export async function install(): Promise<string> {
  const venv = join(CACHE, "venv");
  if (existsSync(join(venv, "installed"))) return join(venv, "bin");
  const python = await findPython();
  await rm(venv, { recursive: true, force: true }); // half of an earlier one
  await mkdir(CACHE, { recursive: true });
  process.stdout.write(`NetBox ${VERSION} is installed into ${venv}: this takes minutes, once\n`);
  await execa(python, ["-m", "venv", venv]);
  const own = (command: string, ...args: string[]) => execa(join(venv, "bin", command), args);
  await own("pip", ...PIP, "--no-deps", `netbox==${VERSION}`);
  const { stdout } = await own("python", "-c", REQUIREMENTS);
  await own("pip", ...PIP, ...stdout.split("\n"));
  await mkdir(join(venv, "done"), { recursive: true });
  await rename(join(venv, "done"), join(venv, "installed"));
  return join(venv, "bin");
}

/** NetBox needs 3.12; what `python3` is depends on the machine. */
async function findPython(): Promise<string> {
  const pyenv = join(homedir(), ".pyenv", "versions");
  const versions = existsSync(pyenv) ? await readdir(pyenv) : [];
  const own = versions.filter((v) => /^3\.1[2-9]/.test(v)).sort();
  const all = [...own.map((v) => join(pyenv, v, "bin", "python3")), "python3.13", "python3.12", "python3"];
  for (const python of all) {
    const { exitCode } = await execa(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 12))"], {
      reject: false,
    });
    if (exitCode === 0) return python;
  }
  throw new Error("NetBox needs Python 3.12 or newer: install it, or make it the python3 of this shell");
}
