/** The templates of a tenant's mails: tried before any customer is told. */
import { templateProblems } from "../../reconcilers/mail/render.ts";
import { samplesFor } from "../../reconcilers/mail/samples.ts";
import { type Finding, finding, type World } from "./cross-world.ts";
import type { Tenant } from "./types.generated.ts";

interface Broken {
  readonly path: string;
  readonly message: string;
}
/** A tenant is looked at with every snapshot, and seldom another one. */
const known = new WeakMap<Tenant, readonly Broken[]>();

export function* letters({ declared }: World): Generator<Finding> {
  for (const of of declared) {
    if (of.object.kind !== "Tenant") continue;
    const found = known.get(of.object) ?? brokenIn(of.object);
    known.set(of.object, found);
    for (const { path, message } of found)
      yield finding(of, path, message, "correct the template; docs/mail.md lists what it may say");
  }
}

/** For all templates of a tenant: nothing else is done meanwhile, and a lease is not longer. */
const TOGETHER_MS = 4_000;
/** For one field: a hundred times what it takes. */
const ONE_MS = 1_000;

function brokenIn({ spec }: Tenant): readonly Broken[] {
  const end = performance.now() + TOGETHER_MS;
  const broken: Broken[] = [];
  for (const [m, { templates = [] }] of (spec.systems.mail ?? []).entries())
    for (const [t, template] of templates.entries()) {
      const path = `spec.systems.mail[${m}].templates[${t}]`;
      if (performance.now() >= end)
        return [...broken, { path, message: "the templates before it take too long to be rendered" }];
      for (const { field, line, message } of templateProblems(template, samplesFor(template.notice), ONE_MS))
        broken.push({ path: `${path}.${field}`, message: `line ${line} of the template: ${message}` });
    }
  return broken;
}
