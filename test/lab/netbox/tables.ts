/** The rows, and how NetBox shows them. */
import { type Model, models } from "./models.ts";

export interface Row {
  readonly id: number;
  readonly created: string;
  last_updated: string;
  values: Record<string, unknown>;
  tags: number[];
  custom: Record<string, unknown>;
}
export type Errors = Record<string, unknown>;

export class Tables {
  readonly #rows = new Map<string, Map<number, Row>>(models.map((m) => [m.path, new Map()]));
  readonly #next = new Map<string, number>();
  #clock = Date.now() * 1000;
  /** Who writes now: stands in the change log. */
  request = { id: "", user: "admin" };
  enforceGlobalUnique = true;

  rows(path: string): readonly Row[] {
    return [...this.#rows.get(path)!.values()];
  }
  row(path: string, id: unknown): Row | undefined {
    return this.#rows.get(path)!.get(Number(id));
  }
  insert(model: Model, draft: Pick<Row, "values" | "tags" | "custom">, message = ""): Row {
    const id = (this.#next.get(model.path) ?? 0) + 1;
    this.#next.set(model.path, id);
    const now = this.#now();
    const row: Row = { id, created: now, last_updated: now, ...draft };
    this.#rows.get(model.path)!.set(id, row);
    this.#log(model, id, "create", message);
    return row;
  }
  update(model: Model, row: Row, draft: Pick<Row, "values" | "tags" | "custom">, message = ""): void {
    const before = JSON.stringify([row.values, row.tags, row.custom]);
    Object.assign(row, draft, { last_updated: this.#now() });
    if (before !== JSON.stringify([row.values, row.tags, row.custom])) this.#log(model, row.id, "update", message);
  }
  remove(model: Model, id: number, message = ""): void {
    this.#rows.get(model.path)!.delete(id);
    this.#log(model, id, "delete", message);
    const tags = model.path === "extras/tags";
    for (const m of models)
      for (const r of this.rows(m.path)) {
        if (tags) r.tags = r.tags.filter((t) => t !== id);
        for (const [f, spec] of Object.entries(m.fields))
          if (spec.kind === "ref" && spec.to === model.path && r.values[f] === id) r.values[f] = null;
      }
  }
  /** The custom fields of a model. */
  customFields(type: string): readonly Row[] {
    return this.rows("extras/custom-fields").filter((f) => (f.values["object_types"] as string[]).includes(type));
  }
  /** Microseconds, as NetBox counts them: no two writes share one. */
  #now(): string {
    this.#clock = Math.max(this.#clock + 1, Date.now() * 1000);
    const ms = new Date(Math.floor(this.#clock / 1000)).toISOString().slice(0, -1);
    return `${ms}${String(this.#clock % 1000).padStart(3, "0")}Z`;
  }
  #log(model: Model, id: number, action: string, message: string): void {
    if (model.path === "core/object-changes" || model.path === "extras/journal-entries") return;
    const changes = models.at(-1)!;
    const values = {
      time: this.#now(),
      user_name: this.request.user,
      request_id: this.request.id,
      action,
      changed_object_type: model.type,
      changed_object_id: id,
      message,
    };
    this.insert(changes, { values, tags: [], custom: {} });
  }
}

/** NetBox's own order, whatever was sent. */
const inOrder = (types: readonly string[]): readonly string[] =>
  models.map((m) => m.type).filter((t) => types.includes(t));
const label = (value: string): string => value.charAt(0).toUpperCase() + value.slice(1);
export const etag = (row: Row): string => `W/"${row.last_updated.replace(/Z$/, "+00:00")}"`;

export function brief(db: Tables, base: string, path: string, id: unknown): unknown {
  const row = id === null || id === undefined ? undefined : db.row(path, id);
  const model = models.find((m) => m.path === path)!;
  if (!row) return null;
  const url = `${base}/api/${path}/${row.id}/`;
  const own = model.brief.map((f) => [f, row.values[f]]);
  return { id: row.id, url, display: model.display(row.values, row.created), ...Object.fromEntries(own) };
}
export function show(db: Tables, base: string, model: Model, row: Row): Record<string, unknown> {
  const fields = Object.entries(model.fields).map(([name, f]): [string, unknown] => {
    const value = row.values[name];
    if (name === "object_types") return [name, inOrder(value as readonly string[])];
    if (f.kind === "choice") return [name, { value, label: label(String(value)) }];
    return [name, f.kind === "ref" ? brief(db, base, f.to, value) : value];
  });
  const fieldsOf = db.customFields(model.type).map((f) => String(f.values["name"]));
  const address = String(row.values["address"] ?? row.values["prefix"] ?? row.values["start_address"] ?? "");
  return {
    id: row.id,
    url: `${base}/api/${model.path}/${row.id}/`,
    display_url: `${base}/${model.path}/${row.id}/`,
    display: model.display(row.values, row.created),
    ...(address !== "" && {
      family: address.includes(":") ? { value: 6, label: "IPv6" } : { value: 4, label: "IPv4" },
    }),
    ...Object.fromEntries(fields),
    ...(model.marked && {
      tags: row.tags.map((id) => brief(db, base, "extras/tags", id)),
      custom_fields: Object.fromEntries(fieldsOf.map((f) => [f, row.custom[f] ?? null])),
    }),
    created: row.created,
    last_updated: row.last_updated,
  };
}
