/** Secrets that people keep as Kubernetes Secrets: read by name, never listed, and remembered for moments only. */
import { fault } from "../../reconcilers/errors.ts";
import { Sensitive } from "../core/sensitive.ts";
import { type KubeApi, KubeError } from "./api.ts";

/** Of one Secret, key by key. */
type Contents = Readonly<Record<string, Sensitive>>;
export interface SecretReader {
  /** undefined: it is not there, or may not be read. @throws Fault Unavailable where that is not known */
  read(namespace: string, name: string, key: string): Promise<Sensitive | undefined>;
  /** All keys of one Secret; empty where there is none. */
  readAll(namespace: string, name: string): Promise<Contents>;
}
/** One question for all who need the same Secret at that time; a changed one is seen at the next. */
const FRESH_MS = 2_000;
/** Many may be asked for at once, and wait for a connection. */
const TIMEOUT_MS = 60_000;

export function kubernetesSecrets(api: Pick<KubeApi, "get">, trouble: (error: KubeError) => void): SecretReader {
  const asked = new Map<string, Promise<Contents>>();
  const readAll: SecretReader["readAll"] = (namespace, name) => {
    const at = `${namespace}/${name}`;
    const before = asked.get(at);
    if (before) return before;
    const found = ask(api, namespace, name, trouble);
    asked.set(at, found);
    setTimeout(() => asked.delete(at), FRESH_MS).unref();
    return found;
  };
  const read: SecretReader["read"] = async (namespace, name, key) => {
    const contents = await readAll(namespace, name);
    return Object.hasOwn(contents, key) ? contents[key] : undefined;
  };
  return { readAll, read };
}

async function ask(
  api: Pick<KubeApi, "get">,
  namespace: string,
  name: string,
  trouble: (error: KubeError) => void,
): Promise<Contents> {
  const target = { group: "", version: "v1", plural: "secrets", namespace, name };
  try {
    const secret = await api.get(target, AbortSignal.timeout(TIMEOUT_MS));
    const data = (secret?.["data"] ?? {}) as Readonly<Record<string, string>>;
    return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, decoded(text)]));
  } catch (e) {
    if (!(e instanceof KubeError)) throw e;
    trouble(e);
    if (e.code === "Forbidden") return {};
    // What is not known is not missing: nobody is to be given another password for it.
    throw fault("Unavailable", `the Secret ${namespace}/${name} cannot be read now`);
  }
}
/** `kubectl create secret --from-file` keeps the line feed that an editor ended the file with; no secret has one. */
const decoded = (text: string): Sensitive =>
  new Sensitive(
    Buffer.from(text, "base64")
      .toString("utf8")
      .replace(/\r?\n$/, ""),
  );
