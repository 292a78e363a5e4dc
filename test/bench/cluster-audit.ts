/** What the controller asked of the API server, by the server's own audit log. */
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Asked {
  /** Milliseconds, by the server's clock. */
  readonly at: number;
  readonly verb: string;
  /** `subscribers/status`, `events`; a path where it is no resource. */
  readonly what: string;
}
export interface Audit {
  /** Of kube-apiserver. */
  readonly options: readonly string[];
  /** Everything up to now. */
  read(): Promise<readonly Asked[]>;
  close(): Promise<void>;
}
/** Watches are counted when they begin, everything else when it is answered. */
interface Line {
  readonly stage: "ResponseStarted" | "ResponseComplete" | "Panic";
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
  readonly requestReceivedTimestamp: string;
}
export const WRITES: ReadonlySet<string> = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
export async function openAudit(folder: string, user: string): Promise<Audit> {
  const [policy, log] = [join(folder, "audit-policy.json"), join(folder, "audit.log")];
  const rules = [{ level: "Metadata", users: [user], omitManagedFields: true }, { level: "None" }];
  const head = { apiVersion: "audit.k8s.io/v1", kind: "Policy" };
  await writeFile(policy, JSON.stringify({ ...head, omitStages: ["RequestReceived"], rules }));
  await writeFile(log, "");
  const file = await open(log);
  const asked: Asked[] = [];
  let rest = "";
  return {
    // Written before each answer goes out, so that who has the answer finds it here.
    options: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, "--audit-log-mode=blocking"],
    async read() {
      const lines = (rest + (await remaining(file))).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) asked.push(...told(JSON.parse(line) as Line));
      return asked;
    },
    close: () => file.close(),
  };
}

async function remaining(file: FileHandle): Promise<string> {
  const parts: Buffer[] = [];
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(1 << 20));
    if (bytesRead === 0) return Buffer.concat(parts).toString();
    parts.push(buffer.subarray(0, bytesRead));
  }
}
function told({ stage, verb, requestURI, objectRef, requestReceivedTimestamp }: Line): readonly Asked[] {
  if ((verb === "watch") !== (stage === "ResponseStarted")) return [];
  const { resource = requestURI, subresource } = objectRef ?? {};
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return [{ at: Date.parse(requestReceivedTimestamp), verb, what }];
}

/** `patch subscribers/status 1.00, create events 1.00`, the most first. */
export function perSubscriber(asked: readonly Asked[], count: number): string {
  const by = Map.groupBy(asked, ({ verb, what }) => `${verb} ${what}`);
  const sorted = [...by].toSorted(([, a], [, b]) => b.length - a.length);
  const each = sorted.map(([name, all]) => `${name} ${(all.length / count).toFixed(2)}`);
  return [`**${(asked.length / count).toFixed(2)}**`, ...each].join(", ");
}
/** The most in any second that begins with a request. */
export function busiestSecond(asked: readonly Asked[]): number {
  const times = asked.map(({ at }) => at).toSorted((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= 1000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
