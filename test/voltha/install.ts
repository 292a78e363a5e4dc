/** VOLTHA's own protocol definitions from PyPI in a cached environment; nothing of them is kept in the repository. */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

const VERSION = "5.7.10";
const CACHE = join(homedir(), ".cache", "lastmile", `voltha-protos-${VERSION}`);
const PIP = ["install", "-q", "--no-compile", "--prefer-binary", "--disable-pip-version-check"];

/** The Python that can import `voltha_protos`. A machine without pip or without a way to PyPI fails here, aloud. */
export async function install(): Promise<string> {
  const venv = join(CACHE, "venv");
  const python = join(venv, "bin", "python");
  if (existsSync(join(venv, "installed"))) return python;
  await rm(venv, { recursive: true, force: true }); // half of an earlier one
  await mkdir(CACHE, { recursive: true });
  process.stdout.write(`voltha-protos ${VERSION} is installed into ${venv}, once\n`);
  await execa("python3", ["-m", "venv", venv]);
  await execa(join(venv, "bin", "pip"), [...PIP, `voltha-protos==${VERSION}`]);
  await mkdir(join(venv, "done"));
  await rename(join(venv, "done"), join(venv, "installed"));
  return python;
}
