/** ONOS's SADIS app: it pulls what it is asked for from a URL, and remembers it until it is told to forget. */
import axios from "axios";

export interface SadisTag {
  readonly uniTagMatch?: number;
  readonly ponCTag?: number;
  readonly ponSTag?: number;
  readonly technologyProfileId?: number;
  readonly upstreamBandwidthProfile?: string;
  readonly downstreamBandwidthProfile?: string;
  readonly serviceName?: string;
}
export interface SadisEntry {
  readonly id: string;
  readonly uniTagList?: readonly SadisTag[];
  /** Of bandwidth profiles. */
  readonly cir?: number;
  readonly cbs?: number;
  readonly eir?: number;
  readonly ebs?: number;
  readonly air?: number;
}
export type Kind = "subscriber" | "bandwidthprofile";
export interface Sadis {
  /** Where `/sadis/v2/…` is found; undefined: nothing is known. */
  url: string | undefined;
  readonly caches: Readonly<Record<Kind, Map<string, SadisEntry>>>;
}
const PATHS = { subscriber: "subscribers", bandwidthprofile: "bandwidthprofiles" } as const;

export const startSadis = (url: string | undefined): Sadis => ({
  url,
  caches: { subscriber: new Map(), bandwidthprofile: new Map() },
});

/** Whatever goes wrong, it is not found: the app tells nobody why. */
export async function lookUp(sadis: Sadis, kind: Kind, id: string): Promise<SadisEntry | undefined> {
  const known = sadis.caches[kind].get(id);
  if (known || sadis.url === undefined) return known;
  try {
    const url = `${sadis.url}/sadis/v2/${PATHS[kind]}/${encodeURIComponent(id)}`;
    const { data } = await axios.get<SadisEntry>(url, { timeout: 5000 });
    if (typeof data !== "object" || data.id !== id) return undefined;
    sadis.caches[kind].set(id, data);
    return data;
  } catch {
    return undefined;
  }
}
