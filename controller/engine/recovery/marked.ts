/** What the systems hold that carries a marker of this installation, whether or not anybody remembers it. */
import type { Resource, Scanned, ScanScope, Session } from "../../../reconcilers/system.ts";
import { refKey } from "../../core/model.ts";
import { token } from "../../core/owner.ts";

/** One object that carries the marker of its owner. */
export interface Marked extends Scanned {
  readonly resource: Resource;
}
export interface MarkedScope {
  readonly sessions: ReadonlyMap<string, Session>;
  readonly installation: string;
  readonly tenants: Iterable<string>;
  readonly signal: AbortSignal;
}

/** @throws Fault when a system does not answer: what is not seen is not called gone. */
export async function markedObjects({
  sessions,
  installation,
  tenants,
  signal,
}: MarkedScope): Promise<readonly Marked[]> {
  const found: Marked[] = [];
  const resources = [...sessions.values()].flatMap((s) => s.resources);
  for (const tenant of tenants)
    for (const resource of resources) await scanOne(resource, { installation, tenant }, signal, found);
  return found;
}
async function scanOne(resource: Resource, scope: ScanScope, signal: AbortSignal, found: Marked[]): Promise<void> {
  for await (const page of resource.scan?.(scope, signal) ?? []) {
    for (const { owner, observed } of page)
      if (observed.token === token(owner, refKey(observed.ref))) found.push({ owner, observed, resource });
  }
}
