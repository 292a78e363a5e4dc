/** VGC's REST interface, `/vgc/v1`. */
import { type Controller, flowStatus } from "./controller.ts";
import { type Answer, json, NEVER, type Question, text } from "./http.ts";
import {
  activate,
  addProfile,
  addSubscriber,
  deactivate,
  deleteProfile,
  deleteSubscriber,
  type Selector,
} from "./orders.ts";
import * as shown from "./shown.ts";

type Body = Readonly<Record<string, unknown>>;
type Handler = (c: Controller, q: Question, part: (n: number) => string) => Answer;
/** What Go says of a body that is no JSON. */
class BadJson extends Error {}

const DONE: Answer = { code: 200 };
const UNSUPPORTED = text(400, "rpc error: code = Unimplemented desc = code = 31, desc = Operation not supported");
const notFound = (what: string): string => `rpc error: code = NotFound desc = code = 9, desc = ${what} not found`;

const olt: Handler = (c, q, part) => {
  if (q.method === "POST") {
    const body = parse(q.body);
    c.olts.set(String(body["id"]), { ...body, id: String(body["id"]) }); // the path says nothing
    return DONE;
  }
  const config = c.olts.get(part(1));
  return config ? json({ deviceConfig: { ...config, nniDhcpTrapVid: 0 } }) : text(400, notFound("Device"));
};
const profiles: Handler = (c, q, part) => {
  const id = part(1);
  if (q.method === "POST") addProfile(c, id, parse(q.body));
  if (q.method === "GET") {
    const found = c.profiles.get(id);
    return found ? json(shown.profile(found)) : { code: 409 };
  }
  if (q.method !== "DELETE") return DONE; // also a method that it does not know
  parse(q.body);
  const refused = deleteProfile(c, id);
  return refused === undefined ? DONE : text(409, refused);
};
const subscribers: Handler = (c, q, part) => {
  if (q.method === "POST") {
    addSubscriber(c, parse(q.body));
    return DONE;
  }
  if (q.method !== "DELETE") return UNSUPPORTED;
  parse(q.body);
  return deleteSubscriber(c, part(1)) ? { code: 202 } : text(400, notFound("Service"));
};
const services: Handler = (c, q, part) => {
  if (q.method !== "POST" && q.method !== "DELETE") return UNSUPPORTED;
  const run = q.method === "POST" ? activate : deactivate;
  if (part(2) === "") {
    run(c, part(1));
    return DONE;
  }
  const numbers = [2, 3, 4].map(part);
  const bad = numbers.find((n) => !/^[+-]?\d+$/.test(n));
  if (bad !== undefined) return text(409, atoi(bad));
  const [sTag = 0, cTag = 0, techProfile = 0] = numbers.map(Number);
  run(c, part(1), { sTag, cTag, techProfile } satisfies Selector);
  return DONE;
};
const servicesByNumber: Handler = (c, q, part) => {
  if (q.method === "GET") return programmed(c, q, part);
  if (!/^[+-]?\d+$/.test(part(2))) return text(409, atoi(part(2)));
  const logical = c.core.logicals.get(part(1));
  if (!logical) return NEVER; // it falls over a nil pointer
  const port = logical.ports.get(Number(part(2)));
  if (!port) return text(409, notFound("Port"));
  (q.method === "POST" ? activate : deactivate)(c, port.name);
  return DONE;
};
/** Asked by number of the port nobody is found: it compares names. */
const programmed: Handler = (c, _q, part) => {
  const all = [...c.services.values()];
  const found = part(1) === "" ? all : all.filter((s) => s.device === part(1) && s.port === part(2));
  return json({ subscribers: found.map(shown.subscriber) });
};
const configs: Handler = (c, _q, part) => {
  const id = [...c.core.logicals.values()].find((l) => l.olt.box?.serial === part(1))?.id ?? "";
  const found = [...c.services.values()].filter((s) => s.device === id);
  return json({ serviceConfig: found.map((s) => shown.config(s, part(1))) });
};
const ports: Handler = (c, _q, part) => {
  const of = [...c.core.logicals.values()].filter((l) => part(1) === "" || l.id === part(1));
  const all = of.flatMap((l) => [...l.ports.values()].map((p) => shown.port(l, p)));
  if (part(1) === "") return json({ ports: all });
  return of[0] ? json({ device: shown.device(of[0]), ports: all }) : text(404, notFound("Device"));
};
const flowService: Handler = (c, q) => {
  if (q.method === "GET") return json({ oltFlowService: c.flowService });
  c.flowService = { ...c.flowService, ...parse(q.body) };
  return DONE;
};

const S = "([^/]+)";
const ROUTES: readonly (readonly [RegExp, Handler])[] = [
  [RegExp(`^/olt/${S}$`), olt],
  [RegExp(`^/profiles/${S}$`), profiles],
  [RegExp(`^/subscribers/${S}$`), subscribers],
  [RegExp(`^/services/${S}/${S}$`), servicesByNumber],
  [RegExp(`^/services/${S}(?:/${S}/${S}/${S})?$`), services],
  [RegExp(`^/flow-status/${S}$`), (c, _q, part) => json({ FlowProvisionStatus: flowStatus(c, part(1)) })],
  [RegExp(`^/programmed-subscribers(?:/${S}/${S})?$`), programmed],
  [RegExp(`^/subscriber-config/${S}$`), configs],
  [/^\/devices$/, (c) => json({ devices: [...c.core.logicals.values()].map(shown.device) })],
  [/^\/devices\/ports$/, ports],
  [RegExp(`^/devices/${S}/ports$`), ports],
  [/^\/flows\/pending$/, (c) => json({ flows: shown.pending(c) })],
  [RegExp(`^/flows(?:/${S})?$`), (c, _q, part) => json({ flows: shown.flows(c, part(1) || undefined) })],
  [
    RegExp(`^/meters(?:/${S})?$`),
    (c, _q, part) => json({ meters: shown.meters(c, part(1) ? Number(part(1)) : undefined) }),
  ],
  [/^\/oltflowservice$/, flowService],
  [/^\/groups$/, () => json({ groups: [] })],
  [/^\/(allocations|mapping\/all)$/, () => json([])],
  [/^\/network-configurations$/, () => UNSUPPORTED],
];

export function answerVgc(c: Controller, q: Question): Answer {
  const path = q.path.startsWith("/vgc/v1/") ? q.path.slice("/vgc/v1".length) : "";
  for (const [pattern, handler] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return guarded(() => handler(c, q, (n) => decodeURIComponent(found[n] ?? "")));
  }
  return text(404, "404 page not found");
}
function guarded(run: () => Answer): Answer {
  try {
    return run();
  } catch (e) {
    if (!(e instanceof BadJson)) throw e;
    return text(409, e.message);
  }
}
const atoi = (given: string): string => `strconv.Atoi: parsing ${JSON.stringify(given)}: invalid syntax`;
function parse(body: string): Body {
  if (body === "") throw new BadJson("unexpected end of JSON input");
  try {
    return JSON.parse(body) as Body;
  } catch {
    const where = body.startsWith("{") ? "object key string" : "value";
    throw new BadJson(`invalid character '${body.replace(/^\{/, "")[0]}' looking for beginning of ${where}`);
  }
}
