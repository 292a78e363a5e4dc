/** The calls on lists and objects: what NetBox does with a request, without the wire. */

import { addressText } from "../../../controller/core/resolve/address.ts";
import { freeAddresses, freePrefixes, takePrefixes } from "./available.ts";
import { filtered } from "./filters.ts";
import { type Model, models, protectedPaths } from "./models.ts";
import { clean, type Draft, draft, spelled } from "./rules.ts";
import { brief, type Errors, etag, type Row, show, type Tables } from "./tables.ts";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly match: string | undefined;
}
export interface Reply {
  readonly code: number;
  readonly body?: unknown;
  readonly etag?: string;
}
type Body = Readonly<Record<string, unknown>>;
const MOST = 1000;
const FULL: Reply = { code: 409, body: { detail: "Insufficient resources are available to satisfy the request" } };

export class Api {
  readonly db: Tables;
  readonly base: string;
  /** Called between the check of a plain create and the create: where another one may come between. */
  rival: (() => void) | undefined;

  constructor(db: Tables, base: string) {
    this.db = db;
    this.base = base;
  }

  /** Undefined: no such path. */
  answer(req: Request): Reply | undefined {
    const model = models.find((m) => req.path === `/api/${m.path}/` || req.path.startsWith(`/api/${m.path}/`));
    if (!model) return undefined;
    const [id, action, ...rest] = req.path.slice(`/api/${model.path}/`.length).split("/");
    if (!id) return this.#list(model, req);
    if (!/^[0-9]+$/.test(id) || rest.length > 1 || action === undefined) return undefined;
    const row = this.db.row(model.path, id);
    if (!row) return { code: 404, body: { detail: `No ${model.name} matches the given query.` } };
    if (action === "") return this.#object(model, row, req);
    if (model.path !== "ipam/prefixes") return undefined;
    if (action === "available-ips") return this.#addresses(row, req);
    return action === "available-prefixes" ? this.#prefixes(row, req) : undefined;
  }

  #list(model: Model, req: Request): Reply {
    if (req.method === "GET") return this.#page(model, req);
    if (req.method === "POST")
      return Array.isArray(req.body)
        ? this.#createAll(model, req.body as Body[])
        : this.#create(model, req.body as Body);
    if (req.method === "PATCH") return this.#patchAll(model, req.body as Body[]);
    return req.method === "DELETE" ? this.#removeAll(model, req.body as Body[]) : notAllowed(req.method);
  }

  #page(model: Model, { query }: Request): Reply {
    const rowsOrErrors = filtered(this.db, model, query);
    if (!Array.isArray(rowsOrErrors)) return { code: 400, body: rowsOrErrors };
    const found = query.get("ordering") === "-id" ? rowsOrErrors.toReversed() : rowsOrErrors;
    const asked = Number(query.get("limit") ?? 50);
    const limit = asked === 0 ? MOST : Math.min(asked, MOST);
    const start = query.get("start");
    const rows = start === null ? (found as Row[]) : (found as Row[]).filter((r) => r.id >= Number(start));
    const offset = start === null ? Number(query.get("offset") ?? 0) : 0;
    const part = rows.slice(offset, offset + limit);
    const more = offset + limit < rows.length;
    const next = start === null ? `offset=${offset + limit}` : `start=${(part.at(-1)?.id ?? 0) + 1}`;
    return {
      code: 200,
      body: {
        count: start === null ? found.length : null,
        next: more ? `${this.base}/api/${model.path}/?limit=${limit}&${next}` : null,
        previous: null,
        results: part.map((r) => only(this.#show(model, r), query.get("fields"))),
      },
    };
  }
  #show = (model: Model, row: Row): Record<string, unknown> => show(this.db, this.base, model, row);

  /** Undefined errors: it may be written. */
  #check(model: Model, body: Body, row: Row | undefined): { draft: Draft; errors: Errors | undefined } {
    const { draft: d, errors } = draft(this.db, model, body, row);
    spelled(model, d.values);
    return { draft: d, errors: Object.keys(errors).length > 0 ? errors : clean(this.db, model, d, row) };
  }
  #insert(model: Model, d: Draft, body: Body): Record<string, unknown> {
    return this.#show(model, this.db.insert(model, d, String(body["changelog_message"] ?? "")));
  }

  #create(model: Model, body: Body): Reply {
    const { draft: d, errors } = this.#check(model, body, undefined);
    if (errors) return { code: 400, body: errors };
    this.#comeBetween();
    return { code: 201, body: this.#insert(model, d, body) };
  }
  #createAll(model: Model, bodies: readonly Body[]): Reply {
    const undo: number[] = [];
    const made: unknown[] = [];
    const errors: unknown[] = [];
    this.#comeBetween();
    for (const [index, body] of bodies.entries()) {
      const { draft: d, errors: said } = this.#check(model, body, undefined);
      if (said) errors.push({ index, errors: said });
      else {
        const shown = this.#insert(model, d, body);
        undo.push(Number(shown["id"]));
        made.push(shown);
      }
    }
    if (errors.length === 0) return { code: 201, body: made };
    for (const id of undo) this.db.remove(model, id);
    return {
      code: 400,
      body: { detail: `${errors.length} of ${bodies.length} objects could not be created.`, errors },
    };
  }
  /** A check that ran before the other one wrote sees nothing of it. */
  #comeBetween(): void {
    const rival = this.rival;
    this.rival = undefined;
    rival?.();
  }

  #object(model: Model, row: Row, req: Request): Reply {
    if (req.method === "GET") return { code: 200, body: this.#show(model, row), etag: etag(row) };
    if (req.match !== undefined && req.match !== "*" && req.match !== etag(row))
      return { code: 412, body: { detail: "Precondition failed." }, etag: etag(row) };
    if (req.method === "DELETE") return this.#remove(model, row);
    if (req.method !== "PATCH") return notAllowed(req.method);
    const { draft: d, errors } = this.#check(model, req.body as Body, row);
    if (errors) return { code: 400, body: errors };
    this.db.update(model, row, d, String((req.body as Body)["changelog_message"] ?? ""));
    return { code: 200, body: this.#show(model, row), etag: etag(row) };
  }
  #remove(model: Model, row: Row): Reply {
    const users = protectedPaths.has(model.path) ? this.#users(model, row) : [];
    if (users.length > 0)
      return {
        code: 409,
        body: { detail: `Unable to delete object. ${users.length} dependent objects were found: ${users.join(", ")}` },
      };
    this.db.remove(model, row.id);
    return { code: 204 };
  }
  #users(model: Model, row: Row): readonly string[] {
    return models.flatMap((m) =>
      Object.entries(m.fields).flatMap(([name, f]) =>
        f.kind === "ref" && f.to === model.path
          ? this.db
              .rows(m.path)
              .filter((r) => r.values[name] === row.id)
              .map((r) => `${m.display(r.values, r.created)} (${r.id})`)
          : [],
      ),
    );
  }

  #missing(model: Model, bodies: readonly Body[]): Reply | undefined {
    const errors = bodies
      .filter((b) => !this.db.row(model.path, b["id"]))
      .map(({ id }) => ({ id, errors: { id: [`Object with ID ${String(id)} does not exist`] } }));
    if (errors.length === 0) return undefined;
    return { code: 400, body: { detail: `${errors.length} of ${bodies.length} objects could not be found.`, errors } };
  }
  #patchAll(model: Model, bodies: readonly Body[]): Reply {
    const missing = this.#missing(model, bodies);
    if (missing) return missing;
    const checked = bodies.map((body) => {
      const row = this.db.row(model.path, body["id"])!;
      return { body, row, ...this.#check(model, body, row) };
    });
    const errors = checked.flatMap((c) => (c.errors ? [{ id: c.row.id, errors: c.errors }] : []));
    if (errors.length > 0)
      return {
        code: 400,
        body: { detail: `${errors.length} of ${bodies.length} objects could not be updated.`, errors },
      };
    for (const c of checked) this.db.update(model, c.row, c.draft, String(c.body["changelog_message"] ?? ""));
    return { code: 200, body: checked.map((c) => this.#show(model, c.row)) };
  }
  #removeAll(model: Model, bodies: readonly Body[]): Reply {
    const missing = this.#missing(model, bodies);
    if (missing) return missing;
    for (const { id } of bodies) this.db.remove(model, Number(id));
    return { code: 204 };
  }

  #vrf = (parent: Row): unknown => brief(this.db, this.base, "ipam/vrfs", parent.values["vrf"]);
  #addresses(parent: Row, req: Request): Reply {
    const model = models.find((m) => m.path === "ipam/ip-addresses")!;
    const mask = String(parent.values["prefix"]).split("/")[1];
    if (req.method === "GET") {
      const free = freeAddresses(this.db, parent, Number(req.query.get("limit") ?? 50));
      return {
        code: 200,
        body: free.map((a) => ({ family: a.includes(":") ? 6 : 4, address: `${a}/${mask}`, vrf: this.#vrf(parent) })),
      };
    }
    const wishes = listOf(req.body);
    const free = freeAddresses(this.db, parent, wishes.length);
    if (free.length < wishes.length) return FULL;
    const bodies = wishes.map((w, n) => ({
      ...w,
      address: `${free[n]}/${String(w["prefix_length"] ?? mask)}`,
      vrf: parent.values["vrf"],
    }));
    return this.#take(model, bodies, Array.isArray(req.body));
  }
  #prefixes(parent: Row, req: Request): Reply {
    const model = models.find((m) => m.path === "ipam/prefixes")!;
    if (req.method === "GET") {
      const { family, blocks } = freePrefixes(this.db, parent);
      return {
        code: 200,
        body: blocks
          .slice(0, Number(req.query.get("limit") ?? 50))
          .map((b) => ({ family, prefix: `${addressText(family, b.first)}/${b.length}`, vrf: this.#vrf(parent) })),
      };
    }
    const wishes = listOf(req.body);
    const six = String(parent.values["prefix"]).includes(":");
    const bad = wishes.map((w) => lengthError(w["prefix_length"], six));
    if (bad.some((b) => Object.keys(b).length > 0)) return { code: 400, body: bad };
    const found = takePrefixes(
      this.db,
      parent,
      wishes.map((w) => Number(w["prefix_length"])),
    );
    if (!found) return FULL;
    const bodies = wishes.map((w, n) => ({ ...w, prefix: found[n], vrf: parent.values["vrf"] }));
    return this.#take(model, bodies, Array.isArray(req.body));
  }
  /** All or nothing, and said by position. */
  #take(model: Model, bodies: readonly Body[], many: boolean): Reply {
    const checked = bodies.map((b) => this.#check(model, b, undefined));
    if (checked.some((c) => c.errors)) {
      const said = checked.map((c) => c.errors ?? {});
      return { code: 400, body: many ? said : said[0] };
    }
    const made = checked.map((c, n) => this.#insert(model, c.draft, bodies[n]!));
    return { code: 201, body: many ? made : made[0] };
  }
}

const listOf = (body: unknown): readonly Body[] => (Array.isArray(body) ? (body as Body[]) : [body as Body]);
const notAllowed = (method: string): Reply => ({ code: 405, body: { detail: `Method "${method}" not allowed.` } });
function lengthError(length: unknown, six: boolean): Errors {
  if (length === undefined) return { prefix_length: "this field can not be missing" };
  return Number(length) <= (six ? 128 : 32)
    ? {}
    : { prefix_length: `Invalid prefix length (${String(length)}) for IPv${six ? 6 : 4}` };
}
function only(shown: Record<string, unknown>, fields: string | null): Record<string, unknown> {
  return fields === null
    ? shown
    : Object.fromEntries(fields.split(",").flatMap((f) => (f in shown ? [[f, shown[f]]] : [])));
}
