/** What ONOS is answered when it asks for a subscriber: what is declared, and what it still has on his ports. */
import { keySerial, parsePort, uniNumber } from "./names.ts";
import { tagInfosAt } from "./onos.ts";
import type { Onu } from "./plant.ts";
import type { Rest } from "./rest.ts";
import { portAsked, type SadisSubscriber, subscriberOf } from "./sadis.ts";
import { tagsOf } from "./service.ts";
import type { Site } from "./site.ts";
import { type Fields, readTagInfo } from "./vgc-answers.ts";

type Answers = (path: string, declared: unknown, signal: AbortSignal) => Promise<unknown>;

/**
 * Asked of ONOS itself at that moment, so that any process can answer, whoever made the service and whoever ends it.
 * `rest`: of its own. ONOS asks in the midst of a call of ours, and all other connections may be in such a call.
 */
export const answersOf =
  (site: Site, rest: Rest): Answers =>
  async (path, declared, signal) => {
    const asked = portAsked(path);
    const port = asked === undefined ? undefined : parsePort(asked);
    if (asked === undefined || !port) return undefined;
    const onus = (await site.lastPlant()).onus(keySerial(port.serial));
    const roots = onus.length > 0 ? await site.datapaths() : new Map<string, string>();
    const found = await Promise.all(
      onus.map(async (onu) => {
        const place = placeOf(onu, roots, port.uni);
        return place ? tagInfosAt(rest, place, signal) : [];
      }),
    );
    const held = found.flat();
    return held.length === 0 ? undefined : withHeld(asked, declared as SadisSubscriber | undefined, held);
  };

function placeOf({ device, root, pon }: Onu, roots: ReadonlyMap<string, string>, uni: number) {
  const onuId = device.proxyAddress?.onuId;
  const datapath = roots.get(root?.id ?? "");
  if (datapath === undefined || pon === undefined || onuId === undefined) return undefined;
  return { device: datapath, number: uniNumber(pon, onuId, uni) };
}

/**
 * While ONOS holds a service SADIS must name it, and in the same words: it ends only what is equal in every field. So of the
 * same tags what is held is served until it is gone, and all else as it is declared.
 */
export function withHeld(
  port: string,
  declared: SadisSubscriber | undefined,
  held: readonly Fields[],
): Readonly<Record<string, unknown>> {
  const taken = new Set(held.map(tagsKey));
  const rest = (declared?.uniTagList ?? []).filter((t) => !taken.has(tagsKey({ ...t })));
  const known = held.map((t) => Object.fromEntries(Object.entries(t).filter(([, value]) => value !== null)));
  return { ...(declared ?? subscriberOf(port, [], {})), uniTagList: [...known, ...rest] };
}
const tagsKey = (t: Fields): string => tagsOf(readTagInfo(t, []));
