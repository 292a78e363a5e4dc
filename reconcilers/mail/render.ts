/** From a template and what it may say to a subject, a text and HTML. Values are escaped in HTML, and files are out of reach. */
import { Liquid, LiquidError } from "liquidjs";
import type { Template, Words } from "../../controller/core/life/letter.ts";
import { Fault, fault } from "../errors.ts";

interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
}
interface Place {
  readonly timeZone: string;
  readonly language: string;
}
type TemplateField = "subject" | "text" | "html";
/** What is wrong with a template, where. */
interface TemplateProblem {
  readonly field: TemplateField;
  readonly line: number;
  readonly message: string;
}

/** Bounds for a template that would never end: characters read, what is made of it in memory. */
const LIMITS = { parseLimit: 200_000, memoryLimit: 2_000_000 };
/** Nothing else is done meanwhile, so it is shorter than a lease. */
const RENDER_MS = 3_000;
/** What is written again and again costs no memory before it is one text. */
const MOST_CHARACTERS = 256 * 1024;

function engineFor({ timeZone, language }: Place, escapes: boolean, renderLimit: number): Liquid {
  return new Liquid({
    ...{ ...LIMITS, renderLimit },
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    timezoneOffset: timeZone,
    locale: language,
    templates: {}, // nothing can be included
    ...(escapes && { outputEscape: "escape" as const }),
  });
}

/** @throws LiquidError or Fault for what `templateProblems` would have found */
export function render(template: Template, words: Words, place: Place): Rendered {
  const made = (source: string, escapes: boolean): string =>
    bounded(engineFor(place, escapes, RENDER_MS).parseAndRenderSync(source, words));
  const { subject, text, html } = template;
  return {
    subject: oneLine(made(subject, false)),
    text: `${made(text, false).trim()}\n`,
    html: html === undefined ? undefined : made(html, true),
  };
}
function bounded(text: string): string {
  if (text.length > MOST_CHARACTERS) throw fault("BadValue", `more than ${MOST_CHARACTERS} characters are made of it`);
  return text;
}
/** A header is one line, whatever a value holds. */
const oneLine = (subject: string): string => subject.replace(/[\s\p{Cc}]+/gu, " ").trim();

/** Every field is tried with each of `samples`: what only shows when it is rendered is found before a customer is told. */
export function templateProblems(
  template: Template,
  samples: readonly Words[],
  patienceMs = RENDER_MS,
): readonly TemplateProblem[] {
  return (["subject", "text", "html"] as const).flatMap((field) => {
    const source = template[field];
    const problem = source === undefined ? undefined : problemOf(source, field === "html", samples, patienceMs);
    return problem ? [{ field, ...problem }] : [];
  });
}
function problemOf(source: string, escapes: boolean, samples: readonly Words[], patienceMs: number) {
  try {
    const engine = engineFor({ timeZone: "UTC", language: "en" }, escapes, patienceMs);
    const parsed = engine.parse(source);
    for (const words of samples) bounded(engine.renderSync(parsed, words));
    return undefined;
  } catch (e) {
    if (e instanceof Fault) return { line: 1, message: e.message };
    if (!(e instanceof LiquidError)) throw e;
    const [line = 1] = lineOf(e);
    return { line, message: (e.originalError?.message ?? e.message).replace(/, (line|file):.*$/s, "") };
  }
}
const lineOf = ({ token }: LiquidError): readonly number[] => token?.getPosition().slice(0, 1) ?? [];
