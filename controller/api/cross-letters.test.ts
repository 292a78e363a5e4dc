import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problemText } from "./load-problem.ts";
import { createAssembler } from "./load-snapshot.ts";
import { loadPath } from "./load-tree.ts";
import { createValidator } from "./validate.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastmile-letters-"));
});
afterEach(() => rm(folder, { recursive: true }));

const tenant = (template: string): string => `apiVersion: lastmile.dev/v1alpha1
kind: Tenant
metadata: { name: acme }
spec:
  namespace: isp-acme
  realms: [acme.example]
  systems:
    radius: [{ name: radius-1 }]
    mail:
      - name: mail-1
        templates:
          - notice: Activated
            language: en
            subject: Hello
${template}
---
apiVersion: lastmile.dev/v1alpha1
kind: ExternalSystem
metadata: { name: mail-1 }
spec: { type: Mail, address: "smtps://mail.example", mail: { from: isp@acme.example } }
---
apiVersion: lastmile.dev/v1alpha1
kind: ExternalSystem
metadata: { name: radius-1 }
spec:
  type: RADIUS
  address: postgresql://db.example:5432/radius
  radius: { nas: [{ name: bng1, address: 192.0.2.1 }] }
`;
async function problemsOf(template: string): Promise<readonly string[]> {
  await writeFile(join(folder, "acme.yaml"), tenant(template));
  const { problems } = createAssembler(createValidator())(await loadPath(folder));
  return problems.map(problemText).map((t) => t.replace(folder, ""));
}

describe("a template of a tenant", () => {
  it("is accepted where it says what there is", async () =>
    expect(await problemsOf("            text: Hello {{ customer.name }}, {{ plan.name | upcase }}.")).toEqual([]));
  it.each([
    ["text: Hello {{ customer.nmae }}", 15, "text", "line 1 of the template: undefined variable: customer.nmae"],
    [
      "text: |\n              Hello,\n              {{ at | dat }}",
      15,
      "text",
      "line 2 of the template: undefined filter: dat",
    ],
    [
      'text: Hello\n            html: "<p>{% if plan.name %}</p>"',
      16,
      "html",
      "line 1 of the template: tag {% if plan.name %} not closed",
    ],
  ])("is refused with file, line and field: %s", async (template, line, field, message) => {
    const [problem = "", ...more] = await problemsOf(`            ${template}`);
    expect(problem).toMatch(
      new RegExp(`acme\\.yaml:${line}:\\d+ Tenant acme spec\\.systems\\.mail\\[0\\]\\.templates\\[0\\]\\.${field}: `),
    );
    expect(problem).toContain(message);
    expect(more).toEqual([]);
  });
  it("does not keep everybody else waiting, however many there are that never end", async () => {
    const endless = `{% assign a = (1..1000) %}${"{% for i in a %}".repeat(3)}${"{% endfor %}".repeat(3)}`;
    const more = (n: number) =>
      `          - { notice: Activated, language: ${"abcdefghi"[n]}a, subject: Hello, text: "${endless}" }`;
    const all = ["            text: Hello", ...Array.from({ length: 9 }, (_, n) => more(n))];
    const found = await problemsOf(all.join("\n"));
    expect(found.at(-1)).toContain("the templates before it take too long to be rendered");
    expect(found.length).toBeLessThan(9);
  });
});
