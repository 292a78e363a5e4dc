/** `lastmile release-finalizers`: for an uninstall without the controller, and for a cluster whose store is lost. */
import { isHeld, letGo } from "../../kubernetes/finalizer.ts";
import { type Kept, kept } from "../../kubernetes/kept.ts";
import { KINDS } from "../../kubernetes/kinds.ts";
import { everyObject } from "../../kubernetes/reading.ts";
import { sideBySide } from "../../kubernetes/side-by-side.ts";
import { clusterNamed, withCluster } from "../cluster.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { count } from "../render/problems.ts";

export interface ReleaseOptions extends OutputOption {
  readonly source: string;
  readonly yes?: boolean;
}
const AT_ONCE = 16;

export async function releaseFinalizers(cx: Cx, { source, yes, output }: ReleaseOptions): Promise<Exit> {
  const cluster = clusterNamed(source);
  if (!cluster) throw new CliError("--source names no cluster", "write --source kubernetes[:CONTEXT]");
  return withCluster(cluster, async (api) => {
    const held: Kept[] = [];
    for (const kind of KINDS) {
      for await (const object of everyObject(api, kind, cx.signal)) {
        const ours = kept(kind, object);
        if (ours && isHeld(ours)) held.push(ours);
      }
    }
    if (held.length === 0) {
      cx.io.err("No object is held.");
      return EXIT.ok;
    }
    const leaving = held.filter((k) => k.deleting).length;
    cx.io.err(
      `${count(held.length, "object")} in ${api.server}, ${leaving} of them being deleted. What stands in the systems stays ` +
        "there. A controller that runs holds them again: stop it first.",
    );
    if (!yes && !(await cx.io.confirm("Let them go?", cx.signal))) {
      cx.io.err("Nothing was changed.");
      return EXIT.ok;
    }
    await sideBySide(held, AT_ONCE, async (object) => release(object));
    await print(cx.io, output, { server: api.server, released: held.length }, () => `Let go: ${held.length}.`);
    return EXIT.ok;

    /** One that was changed meanwhile is tried as it is now. */
    async function release(object: Kept): Promise<void> {
      for (let now: Kept | undefined = object; now && isHeld(now); ) now = await letGo(api, now, cx.signal);
    }
  });
}
