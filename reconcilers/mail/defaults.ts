/** The messages that come with Lastmile: short, without marketing, in English and German. */
import type { Template } from "../../controller/core/life/letter.ts";
import type { NoticeKind } from "../../controller/core/life/notices.ts";

interface Prose {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}
interface Language {
  readonly greeting: string;
  readonly end: string;
  readonly notices: Readonly<Record<NoticeKind, Prose>>;
}
const given = (value: string, text: string): string => `{% if ${value} != "" %}${text}{% endif %}`;
const PLAN = given("plan.name", " ({{ plan.name }})");

const en: Language = {
  greeting: `Hello${given("customer.name", " {{ customer.name }}")},`,
  end: "Your connection {{ subscriber.number }}\n{{ provider.name }}",
  notices: {
    Activated: {
      subject: "Your connection is in service",
      paragraphs: [`your internet connection${PLAN} is in service since {{ at | date: "%-d %B %Y, %H:%M" }}.`],
    },
    Suspended: {
      subject: "Your connection is suspended",
      paragraphs: [
        'we have suspended your internet connection{% case suspension.reason %}{% when "NonPayment" %} because of an open invoice{% when "CustomerRequest" %} as you asked us to{% when "Regulatory" %} because the law demands it{% endcase %}.',
        given(
          "suspension.resumeAt",
          'It comes back by itself on {{ suspension.resumeAt | date: "%-d %B %Y, %H:%M" }}.',
        ),
      ],
    },
    Resumed: {
      subject: "Your connection is back in service",
      paragraphs: ["your internet connection is no longer suspended. If it does not work, please restart your router."],
    },
    Terminated: {
      subject: "Your connection has ended",
      paragraphs: [`your internet connection${PLAN} has ended on {{ at | date: "%-d %B %Y" }}.`],
    },
    InstallationScheduled: {
      subject: 'Your installation on {{ installation.scheduledAt | date: "%-d %B %Y" }}',
      paragraphs: [
        `our technician comes to you on {{ installation.scheduledAt | date: "%A, %-d %B %Y at %H:%M" }}${given("address.line", ", to {{ address.line }}")}.`,
        given("installation.ticket", "The number of the visit is {{ installation.ticket }}."),
      ],
    },
  },
};

const de: Language = {
  greeting: `Guten Tag${given("customer.name", " {{ customer.name }}")},`,
  end: "Ihr Anschluss {{ subscriber.number }}\n{{ provider.name }}",
  notices: {
    Activated: {
      subject: "Ihr Anschluss ist in Betrieb",
      paragraphs: [`Ihr Internetanschluss${PLAN} ist seit dem {{ at | date: "%-d. %B %Y, %H:%M" }} Uhr in Betrieb.`],
    },
    Suspended: {
      subject: "Ihr Anschluss ist gesperrt",
      paragraphs: [
        'wir haben Ihren Internetanschluss{% case suspension.reason %}{% when "NonPayment" %} wegen einer offenen Rechnung{% when "CustomerRequest" %} auf Ihren Wunsch{% when "Regulatory" %} aufgrund gesetzlicher Vorgaben{% endcase %} gesperrt.',
        given(
          "suspension.resumeAt",
          'Er geht am {{ suspension.resumeAt | date: "%-d. %B %Y, %H:%M" }} Uhr von selbst wieder in Betrieb.',
        ),
      ],
    },
    Resumed: {
      subject: "Ihr Anschluss ist wieder in Betrieb",
      paragraphs: [
        "die Sperre Ihres Internetanschlusses ist aufgehoben. Falls er nicht funktioniert, starten Sie bitte Ihren Router neu.",
      ],
    },
    Terminated: {
      subject: "Ihr Anschluss ist beendet",
      paragraphs: [`Ihr Internetanschluss${PLAN} ist am {{ at | date: "%-d. %B %Y" }} beendet worden.`],
    },
    InstallationScheduled: {
      subject: 'Ihre Installation am {{ installation.scheduledAt | date: "%-d. %B %Y" }}',
      paragraphs: [
        `unser Techniker kommt am {{ installation.scheduledAt | date: "%A, %-d. %B %Y um %H:%M" }} Uhr zu Ihnen${given("address.line", " ({{ address.line }})")}.`,
        given("installation.ticket", "Die Nummer des Termins ist {{ installation.ticket }}."),
      ],
    },
  },
};

const paragraph = (text: string): string => `<p>${text.replaceAll("\n", "<br>")}</p>`;
/** What an optional paragraph leaves empty is no line. */
const inHtml = (text: string): string =>
  text.startsWith("{% if") ? text.replace("%}", "%}<p>").replace(/\{% endif %\}$/, "</p>{% endif %}") : paragraph(text);
const inText = (text: string): string =>
  text.startsWith("{% if") ? text.replace(/\{% endif %\}$/, "\n\n{% endif %}") : `${text}\n\n`;

function templatesOf(language: string, { greeting, end, notices }: Language): readonly Template[] {
  return (Object.keys(notices) as NoticeKind[]).map((notice) => {
    const { subject, paragraphs } = notices[notice];
    const body = [...paragraphs.map(inHtml), paragraph(end)].join("\n");
    const html = `<!DOCTYPE html>\n<html lang="${language}"><body>\n${paragraph(greeting)}\n${body}\n</body></html>\n`;
    const text = `${greeting}\n\n${paragraphs.map(inText).join("")}-- \n${end}`;
    return { notice, language, subject, text, html };
  });
}

export const DEFAULTS: readonly Template[] = [...templatesOf("en", en), ...templatesOf("de", de)];

/** The customer's language, else its main one, else English; in each the tenant's own first. */
export function templateFor(notice: NoticeKind, language: string, own: readonly Template[]): Template {
  const tags = [language, language.split("-")[0] ?? "", "en"].map((t) => t.toLowerCase());
  for (const tag of tags) {
    const fits = (t: Template): boolean => t.notice === notice && t.language.toLowerCase() === tag;
    const found = own.find(fits) ?? DEFAULTS.find(fits);
    if (found) return found;
  }
  throw new Error(`no template of ${notice} in English`);
}
