/** ONOS's SADIS app: it pulls what it is asked for from a URL, and remembers it until it is told to forget. */
import axios from "axios";

export interface SadisTag {
  readonly uniTagMatch?: number;
  readonly ponCTag?: number;
  readonly ponSTag?: number;
  readonly technologyProfileId?: number;
  readonly usPonCTagPriority?: number;
  readonly usPonSTagPriority?: number;
  readonly dsPonCTagPriority?: number;
  readonly dsPonSTagPriority?: number;
  readonly upstreamBandwidthProfile?: string;
  readonly downstreamBandwidthProfile?: string;
  readonly serviceName?: string;
  readonly isDhcpRequired?: boolean;
  readonly isIgmpRequired?: boolean;
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
  /** After the path, such as `access_token=…`. */
  query: string | undefined;
  /** Off, as in the recorded configuration: whatever it looks up it asks for. */
  isCaching: boolean;
  readonly caches: Readonly<Record<Kind, Map<string, SadisEntry>>>;
}
const PATHS = { subscriber: "subscribers", bandwidthprofile: "bandwidthprofiles" } as const;

export const startSadis = (url: string | undefined): Sadis => ({
  url,
  query: undefined,
  isCaching: true,
  caches: { subscriber: new Map(), bandwidthprofile: new Map() },
});

/** Whatever goes wrong, it is not found: the app tells nobody why. */
export async function lookUp(sadis: Sadis, kind: Kind, id: string): Promise<SadisEntry | undefined> {
  const known = sadis.caches[kind].get(id);
  if (known || sadis.url === undefined) return known;
  try {
    const url = new URL(`${sadis.url}/sadis/v2/${PATHS[kind]}/${encodeURIComponent(id)}`);
    // Java sends nothing of a name and password in a URL; what it was given as a query it sends as it is.
    if (sadis.query) url.search = sadis.query;
    const { data } = await axios.get<SadisEntry>(url.href, { timeout: 5000 });
    if (typeof data !== "object" || data.id !== id) return undefined;
    if (sadis.isCaching) sadis.caches[kind].set(id, data);
    return data;
  } catch {
    return undefined;
  }
}
