/** From a template and what it may say to a subject, a text and HTML. Values are escaped in HTML, and files are out of reach. */
import { Liquid, LiquidError } from "liquidjs";
import type { Template, Words } from "../../controller/core/life/letter.ts";

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

/** Bounds for a template that would never end: characters read, milliseconds, what is made of it in memory. */
const LIMITS = { parseLimit: 200_000, renderLimit: 10_000, memoryLimit: 2_000_000 };

function engineFor({ timeZone, language }: Place, escapes: boolean): Liquid {
  return new Liquid({
    ...LIMITS,
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    timezoneOffset: timeZone,
    locale: language,
    templates: {}, // nothing can be included
    ...(escapes && { outputEscape: "escape" as const }),
  });
}

/** @throws LiquidError for what `templateProblems` would have found */
export function render(template: Template, words: Words, place: Place): Rendered {
  const plain = engineFor(place, false);
  const { subject, text, html } = template;
  return {
    subject: oneLine(plain.parseAndRenderSync(subject, words)),
    text: `${plain.parseAndRenderSync(text, words).trim()}\n`,
    html: html === undefined ? undefined : engineFor(place, true).parseAndRenderSync(html, words),
  };
}
/** A header is one line, whatever a value holds. */
const oneLine = (subject: string): string => subject.replace(/[\s\p{Cc}]+/gu, " ").trim();

/** Every field is tried with each of `samples`: what only shows when it is rendered is found before a customer is told. */
export function templateProblems(template: Template, samples: readonly Words[]): readonly TemplateProblem[] {
  return (["subject", "text", "html"] as const).flatMap((field) => {
    const source = template[field];
    const problem = source === undefined ? undefined : problemOf(source, field === "html", samples);
    return problem ? [{ field, ...problem }] : [];
  });
}
function problemOf(source: string, escapes: boolean, samples: readonly Words[]) {
  try {
    const engine = engineFor({ timeZone: "UTC", language: "en" }, escapes);
    const parsed = engine.parse(source);
    for (const words of samples) engine.renderSync(parsed, words);
    return undefined;
  } catch (e) {
    if (!(e instanceof LiquidError)) throw e;
    const [line = 1] = lineOf(e);
    return { line, message: (e.originalError?.message ?? e.message).replace(/, (line|file):.*$/s, "") };
  }
}
const lineOf = ({ token }: LiquidError): readonly number[] => token?.getPosition().slice(0, 1) ?? [];
