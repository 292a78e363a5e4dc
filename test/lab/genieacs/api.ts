/** The northbound interface: which request does what. What throws here kills the worker there (fact 6). */
import { reach } from "./connection.ts";
import type { Doc } from "./documents.ts";
import { forget } from "./documents.ts";
import { faultId, taskChannel } from "./faults.ts";
import { list } from "./lists.ts";
import { compileScript } from "./presets.ts";
import { type Reply, type Request, syntaxError, text } from "./replies.ts";
import type { Acs } from "./sessions.ts";
import { enqueue, type Task, taskById, tasksOf } from "./tasks.ts";

type Handler = (acs: Acs, request: Request, names: readonly string[]) => Reply;
interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}

const OK: Reply = { status: 200 };
const NO_DEVICE = text(404, "No such device");
const NOT_FOUND = text(404, "404 Not Found");
const IN_SESSION = text(503, "Device is in session");
const isInSession = (acs: Acs, device: string): boolean => acs.devices.get(device)?.inSession === true;
const shown = (status: number, body: unknown, reason?: string): Reply => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
  ...(reason !== undefined && { reason }),
});
/** What is cut into the path is decoded once: the ids are encoded already (fact 10). */
const ROUTES: readonly Route[] = [
  {
    path: /^\/presets\/([\w\-%]+)\/?$/,
    methods: { PUT: putPreset, DELETE: (acs, _, [name]) => remove(acs.presets, name!) },
  },
  {
    path: /^\/provisions\/([\w\-%]+)\/?$/,
    methods: { PUT: putProvision, DELETE: (acs, _, [name]) => remove(acs.provisions, name!) },
  },
  { path: /^\/devices\/([\w\-%]+)\/tags\/([\w\-%]+)\/?$/, methods: { POST: addTag, DELETE: removeTag } },
  { path: /^\/faults\/([\w\-%:]+)\/?$/, methods: { DELETE: deleteFault } },
  { path: /^\/devices\/([\w\-%]+)\/tasks\/?$/, methods: { POST: postTask } },
  { path: /^\/tasks\/([\w\-%]+)\/?$/, methods: { DELETE: deleteTask } },
  { path: /^\/tasks\/([\w\-%]+)\/retry$/, methods: { POST: retryTask } },
  { path: /^\/devices\/([\w\-%]+)\/?$/, methods: { DELETE: deleteDevice } },
  { path: /^\/(devices|tasks|faults|presets|provisions)\/?$/, methods: { GET: list, HEAD: list } },
];

export function answer(acs: Acs, request: Request): Reply {
  for (const { path, methods } of ROUTES) {
    const match = path.exec(request.url.pathname);
    if (!match) continue;
    const handler = methods[request.method];
    if (!handler)
      return { ...text(405, "405 Method Not Allowed"), headers: { Allow: Object.keys(methods).join(", ") } };
    return handler(acs, request, match.slice(1).map(decodeURIComponent));
  }
  return NOT_FOUND;
}

function attempt(make: () => Doc, then: (made: Doc) => Reply): Reply {
  let made: Doc;
  try {
    made = make();
  } catch (e) {
    return syntaxError(e);
  }
  return then(made);
}
function putPreset(acs: Acs, { body }: Request, [_id]: readonly string[]): Reply {
  return attempt(
    () => Object.assign(JSON.parse(body) as Doc, { _id }),
    (preset) => keep(acs.presets, preset),
  );
}
function putProvision(acs: Acs, { body }: Request, [_id]: readonly string[]): Reply {
  return attempt(
    () => ({ _id, script: body, compiled: compileScript(_id!, body) }),
    ({ script }) => keep(acs.provisions, { _id, script }),
  );
}
function keep(collection: Map<string, Doc>, doc: Doc): Reply {
  collection.set(String(doc["_id"]), doc);
  return OK;
}
/** Of what is not there too (fact 15). */
function remove(from: Map<string, unknown>, name: string): Reply {
  from.delete(name);
  return OK;
}

function retag(acs: Acs, id: string, change: (tags: readonly string[]) => readonly string[]): Reply {
  const doc = acs.docs.byId.get(id);
  if (!doc) return NO_DEVICE;
  doc["_tags"] = change((doc["_tags"] ?? []) as readonly string[]);
  return OK;
}
function addTag(acs: Acs, _: Request, [id, tag]: readonly string[]): Reply {
  return retag(acs, id!, (tags) => [...new Set([...tags, tag!])]);
}
function removeTag(acs: Acs, _: Request, [id, tag]: readonly string[]): Reply {
  return retag(acs, id!, (tags) => tags.filter((t) => t !== tag));
}

/** Deletes its task too (fact 8). */
function deleteFault(acs: Acs, _: Request, [id]: readonly string[]): Reply {
  if (isInSession(acs, id!.split(":", 1)[0]!)) return IN_SESSION;
  const task = /:task_(.*)$/.exec(id!)?.[1];
  const queued = task === undefined ? undefined : taskById(acs.tasks, task);
  if (queued) acs.tasks.delete(queued._id);
  return remove(acs.faults, id!);
}
function withTask(acs: Acs, id: string, then: (task: Task) => void): Reply {
  const task = taskById(acs.tasks, id);
  if (!task) return text(404, "Task not found");
  if (isInSession(acs, task.device)) return IN_SESSION;
  acs.faults.delete(faultId(task.device, taskChannel(task._id)));
  then(task);
  return OK;
}
function deleteTask(acs: Acs, _: Request, [id]: readonly string[]): Reply {
  return withTask(acs, id!, (task) => acs.tasks.delete(task._id));
}
function retryTask(acs: Acs, _: Request, [id]: readonly string[]): Reply {
  return withTask(acs, id!, () => undefined);
}
function deleteDevice(acs: Acs, _: Request, [id]: readonly string[]): Reply {
  if (isInSession(acs, id!)) return IN_SESSION;
  forget(acs.docs, id!);
  for (const task of tasksOf(acs.tasks, id!)) acs.tasks.delete(task._id);
  for (const fault of [...acs.faults.values()]) if (fault.device === id) acs.faults.delete(fault._id);
  return OK;
}

function postTask(acs: Acs, request: Request, names: readonly string[]): Reply {
  const id = names[0]!;
  const asked = request.url.searchParams.has("connection_request");
  if (request.body === "") return asked ? connectOnly(acs, id) : { status: 400 };
  return attempt(
    () => Object.assign(JSON.parse(request.body) as Doc, { device: id }),
    (body) => {
      if (!acs.docs.byId.has(id)) return NO_DEVICE;
      const task = enqueue(acs.tasks, body, acs.now());
      return asked ? processed(acs, task) : shown(202, task, "Accepted");
    },
  );
}
function connectOnly(acs: Acs, id: string): Reply {
  if (!acs.docs.byId.has(id)) return NO_DEVICE;
  const { refused } = reach(acs, id);
  return refused === undefined ? OK : { status: 504, reason: refused, body: refused };
}
/** The reason phrase alone tells what became of it (fact 3); the task stays queued unless it is 200. */
function processed(acs: Acs, task: Task): Reply {
  if (!acs.docs.byId.get(task.device)?.["_lastInform"])
    throw new TypeError("Cannot read properties of undefined (reading 'getTime')");
  // The real one waits 30 s for the end of the session.
  if (isInSession(acs, task.device)) return shown(202, task, "Task queued but not processed");
  const { refused, started } = reach(acs, task.device);
  if (refused !== undefined) return shown(202, task, refused);
  if (!started) return shown(202, task, "Task queued but not processed");
  return acs.faults.has(faultId(task.device, taskChannel(task._id)))
    ? shown(202, task, "Task faulted")
    : shown(200, task);
}
