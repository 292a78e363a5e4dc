/** Secrets that people keep: `$LASTMILE_SECRETS/<namespace>/<name>/<key>`, the layout of a mounted Kubernetes Secret. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Sensitive } from "../core/sensitive.ts";

export interface SecretSource {
  /** undefined: it is not there, or may not be read. @throws Fault where that is not known */
  read(namespace: string, name: string, key: string): Promise<Sensitive | undefined>;
  /** All keys of one Secret; empty where there is none. */
  readAll(namespace: string, name: string): Promise<Readonly<Record<string, Sensitive>>>;
}

/** A name that walks nowhere. https://kubernetes.io/docs/concepts/overview/working-with-objects/names */
const safe = (part: string): boolean => /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(part);

export function secretFiles(root: string): SecretSource {
  const read: SecretSource["read"] = async (namespace, name, key) => {
    if (![namespace, name, key].every(safe)) return undefined;
    const text = await readFile(join(root, namespace, name, key), "utf8").catch(() => undefined);
    // An editor ends a file with a line feed; no secret does.
    return text === undefined ? undefined : new Sensitive(text.replace(/\r?\n$/, ""));
  };
  return {
    read,
    async readAll(namespace, name) {
      if (!safe(namespace) || !safe(name)) return {};
      const keys = (await readdir(join(root, namespace, name)).catch(() => [])).filter(safe);
      const values = await Promise.all(keys.map(async (key) => [key, await read(namespace, name, key)] as const));
      return Object.fromEntries(values.flatMap(([key, value]) => (value ? [[key, value]] : [])));
    },
  };
}
