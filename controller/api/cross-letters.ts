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

const brokenIn = ({ spec }: Tenant): readonly Broken[] =>
  (spec.systems.mail ?? []).flatMap(({ templates = [] }, m) =>
    templates.flatMap((template, t) =>
      templateProblems(template, samplesFor(template.notice)).map(({ field, line, message }) => ({
        path: `spec.systems.mail[${m}].templates[${t}].${field}`,
        message: `line ${line} of the template: ${message}`,
      })),
    ),
  );
