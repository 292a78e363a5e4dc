import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BARE, customer, type Office, office } from "./office.ts";
import { BERLIN, mailsTo, named, out, subjects } from "./postbox.ts";

type Spec = Record<string, unknown>;

describe("whose words", () => {
  let p: Office;
  const own = (notice: string, language: string, subject: string, text: string, html?: string): Spec => ({
    notice,
    language,
    subject,
    text,
    ...(html && { html }),
  });
  const templates = [
    own(
      "Activated",
      "en",
      "Hello {{ subscriber.number }} at {{ plan.name }}",
      "Dear {{ customer.name }}",
      "<p>Dear {{ customer.name }}</p>",
    ),
    own(
      "Suspended",
      "en",
      "Your line rests",
      "{% if suspension.reason == 'NonPayment' %}open invoice{% else %}other{% endif %}",
    ),
  ];
  const NASTY = "<script>alert(1)</script> & Söhne";
  beforeAll(async () => {
    p = await office({
      ...BERLIN,
      systems: {
        ...BARE,
        mail: [
          {
            name: "mail-1",
            provider: "Acme Fibre",
            from: "hello@acme.example",
            replyTo: "care@acme.example",
            templates,
          },
        ],
      },
    });
    Object.assign(p.lines, {
      nasty: named("nasty", { name: NASTY }),
      header: named("header", { name: "Eve\u2028 Bcc evil@example.com" }),
      hans: named("hans", { language: "de" }),
      vienna: named("vienna", { language: "de-AT" }),
      french: named("french", { language: "fr" }),
      bare: customer("bare", { customer: { id: "cust-bare", email: "bare@example.com" } }),
      secret: customer("secret", { customer: { id: "cust-secret", secretRef: { name: "who" } } }),
    });
    await p.secret("isp-acme/who/name", "Sina Secret");
    await p.secret("isp-acme/who/email", "secret@example.com");
    await p.applied();
  });
  afterAll(() => p?.end());

  it("the tenant's own, with values escaped in HTML and plain in text", () => {
    const [text] = mailsTo(p, "nasty");
    expect(subjects(p, "nasty")).toEqual(["Hello SUB-nasty at basic"]);
    const [plain, html] = [text?.split("text/html")[0], text?.split("text/html")[1]];
    expect(plain).toContain(NASTY);
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;");
    expect(text).toMatch(/^From: .*hello@acme\.example/m);
    expect(text).toMatch(/^Reply-To: .*care@acme\.example/im);
  });

  it.each([
    ["hans", /Zoë hans/, "de", "German comes with it"],
    ["vienna", /Zoë vienna/, "de", "de serves de-AT"],
    ["french", /Dear Zoë french/, "en", "no French: English, the tenant's own"],
    ["bare", /Dear/, "en", "no name is no reason to be silent"],
    ["secret", /Sina Secret/, "en", "name and address from a Secret"],
  ])("%s reads %s in %s: %s", (name, words, language) => {
    const [text] = mailsTo(p, name);
    expect(text).toMatch(words);
    expect(text).toMatch(new RegExp(`^Content-Language: ${language}`, "m"));
  });

  it("no name makes a header", () => {
    expect(p.mailbox.received.flatMap((m) => m.to)).not.toContain("evil@example.com");
    expect(mailsTo(p, "header").join()).not.toMatch(/^Bcc/m);
  });

  it.each([
    ["NonPayment", "open invoice"],
    ["CustomerRequest", "other"],
  ])("the reason %s is known to the template", async (reason, words) => {
    p.lines["bare"] = customer("bare", { customer: { id: "cust-bare", email: "bare@example.com" }, ...out(reason) });
    await p.applied();
    expect(mailsTo(p, "bare").at(-1)).toContain(words);
    p.lines["bare"] = customer("bare", { customer: { id: "cust-bare", email: "bare@example.com" } });
    await p.applied();
  });

  it.each([
    ["{{ customer.nam }}", "a misspelt value"],
    ["{{ customer.name | shout }}", "an unknown filter"],
    ["{% if customer.name %}x", "an if without its end"],
    ["{% include 'etc/passwd' %}", "nothing can be included"],
    ["{{ radius.password }}", "there is no password to be told"],
  ])("%s is refused when it is declared: %s", async (text) => {
    p.changed["acme"] = {
      systems: { ...BARE, mail: [{ name: "mail-1", templates: [own("Resumed", "en", "x", text)] }] },
    };
    await p.declared();
    const answer = await p.lastmile(["validate", p.folder]);
    expect(answer.code, answer.text).toBe(4);
    expect(answer.text).toMatch(/all\.yaml:\d+.*templates/);
    delete p.changed["acme"];
  });
});
