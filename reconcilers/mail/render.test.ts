import { describe, expect, it } from "vitest";
import { NOTICES } from "../../controller/core/life/notices.ts";
import { DEFAULTS, templateFor } from "./defaults.ts";
import { render, templateProblems } from "./render.ts";
import { samplesFor } from "./samples.ts";

const BERLIN = { timeZone: "Europe/Berlin", language: "en" };
const [full] = samplesFor("Activated");
const own = (text: string, rest: object = {}) => ({
  ...{ notice: "Activated" as const, language: "en", subject: "Hello", text },
  ...rest,
});
const problems = (text: string) =>
  templateProblems(own(text), samplesFor("Activated")).map((p) => `${p.line}: ${p.message}`);

describe("a template", () => {
  it.each([
    ["a misspelt value", "Hello\n{{ customer.nmae }}", "2: undefined variable: customer.nmae"],
    ["an unknown filter", "{{ customer.name | upcas }}", "1: undefined filter: upcas"],
    ["an if without its end", "\n\n{% if plan.name != '' %}", "3: tag {% if plan.name != '' %} not closed"],
    ["an unknown tag", "{% ifs %}", '1: tag "ifs" not found'],
    ["a file", "{% include 'secrets' %}", '1: ENOENT: Failed to lookup "secrets" in "."'],
    ["a file by its path", "{% render '/etc/passwd' %}", '1: ENOENT: Failed to lookup "/etc/passwd" in "."'],
    ["something that never ends", "{% for i in (1..99999999) %}x{% endfor %}", "1: memory alloc limit exceeded"],
    [
      "more than anybody reads",
      `{% for i in (1..1000) %}${"x".repeat(1000)}{% endfor %}`,
      "1: more than 262144 characters are made of it",
    ],
    ["the inside of the program", "{{ customer.constructor }}", "1: undefined variable: customer.constructor"],
    ["a password", "{{ radius.password }}", "1: undefined variable: radius"],
  ])("is refused for %s", (_what, text, problem) => expect(problems(text)).toEqual([problem]));

  const endless = `{% assign a = (1..1000) %}${"{% for i in a %}".repeat(3)}${"{% endfor %}".repeat(3)}`;
  it("that never ends and needs no memory ends all the same", () =>
    expect(templateProblems(own(endless), samplesFor("Activated"), 100)).toMatchObject([
      { message: "template render limit exceeded" },
    ]));
  it("says which of its fields is broken", () => {
    const broken = own("fine", { subject: "{{ no }}", html: "<p>\n{{ nor.this }}" });
    expect(templateProblems(broken, samplesFor("Activated")).map((p) => [p.field, p.line])).toEqual([
      ["subject", 1],
      ["html", 2],
    ]);
  });

  const evil = { ...full!, customer: { name: '<script>"x"</script>\r\nBcc: all@example.com', id: "C-1" } };
  it("escapes values in HTML, and nothing in a text", () => {
    const letter = render(own("{{ customer.name }}", { html: "<b>{{ customer.name }}</b>" }), evil, BERLIN);
    expect(letter.text).toContain("<script>");
    expect(letter.html).toMatch(/^<b>&lt;script&gt;&#34;x&#34;&lt;\/script&gt;/);
  });
  it("has a subject of one line, whatever a name holds", () =>
    expect(render(own("x", { subject: "For {{ customer.name }}" }), evil, BERLIN).subject).toBe(
      'For <script>"x"</script> Bcc: all@example.com',
    ));
  it("tells times in the tenant's time zone and the customer's language", () => {
    const at = own('{{ at | date: "%A %-d %B, %H:%M" }}');
    const told = (timeZone: string, language: string, when: string) =>
      render(at, { ...full!, at: when }, { timeZone, language }).text.trim();
    expect(told("Europe/Berlin", "de", "2026-11-25T09:00:00Z")).toBe("Mittwoch 25 November, 10:00");
    expect(told("Europe/Berlin", "en", "2026-07-01T22:30:00Z")).toBe("Thursday 2 July, 00:30");
    expect(told("America/New_York", "en", "2026-07-01T22:30:00Z")).toBe("Wednesday 1 July, 18:30");
  });
});

describe("the messages that come with Lastmile", () => {
  it.each(DEFAULTS.map((t) => [`${t.notice} ${t.language}`, t] as const))(
    "%s can be rendered, full and bare",
    (_, t) => {
      expect(templateProblems(t, samplesFor(t.notice))).toEqual([]);
      for (const words of samplesFor(t.notice)) {
        const { subject, text, html } = render(t, words, { ...BERLIN, language: t.language });
        expect(text).toMatch(/^\S.*\n\n.*SUB-1\nAcme\n$/s);
        for (const part of [subject, text, html])
          expect(part).not.toMatch(/\{[{%]|\(\)|<p><\/p>|\n\n\n| ,| \.|undefined/);
      }
    },
  );
  it("are there for every notice, in every language", () =>
    expect(DEFAULTS.map((t) => t.notice)).toEqual([...NOTICES, ...NOTICES]));
  it("say it like this", () => {
    const words = samplesFor("Suspended")[0]!;
    const { subject, text } = render(templateFor("Suspended", "en", []), words, BERLIN);
    expect(subject).toBe("Your connection is suspended");
    expect(text).toBe(
      "Hello John Doe,\n\nwe have suspended your internet connection because of an open invoice.\n\nIt comes back by itself on 25 November 2026, 10:00.\n\n-- \nYour connection SUB-1\nAcme\n",
    );
  });
  it("do not tell a customer of whom abuse is suspected that it is", () => {
    const words = { ...samplesFor("Suspended")[0]!, suspension: { reason: "Fraud", resumeAt: "" } };
    expect(render(templateFor("Suspended", "en", []), words, BERLIN).text).toContain(
      "suspended your internet connection.",
    );
  });
});

describe("the language", () => {
  const ours = [own("ours", { language: "de" }), own("ours", { language: "fr-CA" })];
  it.each([
    ["de", "de", "ours"],
    ["de-AT", "de", "ours"],
    ["fr-CA", "fr-CA", "ours"],
    ["fr", "en", undefined],
    ["en-GB", "en", undefined],
  ])("of %s is %s", (asked, language, text) => {
    const found = templateFor("Activated", asked, ours);
    expect([found.language, found.text === "ours" ? "ours" : undefined]).toEqual([language, text]);
  });
  it("is that of Lastmile's own texts where the tenant has none in it", () =>
    expect(templateFor("Resumed", "de-CH", ours).language).toBe("de"));
});
