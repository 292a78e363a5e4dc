/** ONOS's REST interface: `/onos/olt/oltapp` and `/onos/sadis`. */
import { type Answer, json, type Question, text } from "./http.ts";
import { drain, type Onos, type Programmed, provision, remove } from "./onos.ts";
import { type Kind, lookUp } from "./sadis.ts";

type Handler = (onos: Onos, q: Question, part: (n: number) => string) => Answer | Promise<Answer>;

/** 200 says no more than that the request was taken in. */
const services: Handler = async (onos, q, part) => {
  const port = part(1);
  if (q.method !== "POST" && q.method !== "DELETE") return { code: 405 };
  if (!onos.places.has(port)) return text(500, `ConnectPoint not found for ${port}`);
  const run = q.method === "POST" ? provision : remove;
  if (part(2) === "") {
    await run(onos, port);
    return { code: 200 };
  }
  const [ponSTag = 0, ponCTag = 0, technologyProfileId = 0] = [2, 3, 4].map((n) => Number(part(n)));
  const done = await run(onos, port, { uniTagMatch: 0, ponSTag, ponCTag, technologyProfileId });
  return { code: done ? 200 : 204 };
};
/** What SADIS leaves out is shown as unset. */
const UNSET = {
  usPonCTagPriority: -1,
  usPonSTagPriority: -1,
  dsPonCTagPriority: -1,
  dsPonSTagPriority: -1,
  upstreamBandwidthProfile: null,
  downstreamBandwidthProfile: null,
  upstreamOltBandwidthProfile: null,
  downstreamOltBandwidthProfile: null,
  serviceName: null,
  enableMacLearning: false,
  configuredMacAddress: "",
  isDhcpRequired: false,
  isIgmpRequired: false,
  isPppoeRequired: false,
};
const shown = ({ location, tags, info }: Programmed): object => ({ location, tagInfo: { ...UNSET, ...tags, ...info } });
const programmed: Handler = (onos, _q, part) => {
  const all = [...onos.programmed.values()].flatMap((of) => [...of.values()]);
  const place = [part(1), part(2)].filter((p) => p !== "").join("/");
  const found = all.filter((p) => place === "" || p.location === place || p.location.startsWith(`${place}/`));
  return json({ entries: found.map(shown) });
};
const entry: Handler = async (onos, _q, part) => {
  const kind = part(1) as Kind;
  const found = await lookUp(onos.sadis, kind, part(2));
  const what = kind === "subscriber" ? "Subscriber" : "Bandwidth Profile";
  return found ? json({ entry: [found] }) : json({ code: 404, message: `${what} not found` }, 404);
};
const cached: Handler = (onos, q, part) => {
  const cache = onos.sadis.caches[part(1) as Kind];
  if (q.method !== "DELETE") return { code: 405 };
  if (part(2) === "") cache.clear();
  else cache.delete(part(2));
  return { code: 204 };
};

const S = "([^/]+)";
const KIND = "(subscriber|bandwidthprofile)";
const ROUTES: readonly (readonly [RegExp, Handler])[] = [
  [RegExp(`^/onos/olt/oltapp/services/${S}(?:/${S}/${S}/${S})?$`), services],
  [RegExp(`^/onos/olt/oltapp/programmed-subscribers(?:/${S}(?:/${S})?)?$`), programmed],
  [RegExp(`^/onos/sadis/${KIND}/${S}$`), entry],
  [RegExp(`^/onos/sadis/cache/${KIND}/?${S}?$`), cached],
];

export async function answerOnos(onos: Onos, q: Question): Promise<Answer> {
  await drain(onos);
  for (const [pattern, handler] of ROUTES) {
    const found = pattern.exec(q.path);
    if (found) return handler(onos, q, (n) => decodeURIComponent(found[n] ?? ""));
  }
  return json({ code: 404, message: "HTTP 404 Not Found" }, 404);
}
