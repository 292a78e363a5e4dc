/** One message to one customer, and what can become of it. */
import type { Sensitive } from "../sensitive.ts";
import type { NoticeKind } from "./notices.ts";

/** What a template may say. Every key is always there, so that a misspelt one is found; empty where nothing is known. */
export interface Words {
  readonly notice: NoticeKind;
  /** RFC 3339. */
  readonly at: string;
  readonly provider: { readonly name: string; readonly replyTo: string };
  readonly customer: { readonly name: string; readonly id: string };
  readonly subscriber: { readonly number: string };
  readonly plan: { readonly name: string; readonly down: string; readonly up: string };
  readonly address: Readonly<Record<"line" | "line2" | "postalCode" | "city", string>>;
  readonly suspension: { readonly reason: string; readonly resumeAt: string };
  readonly installation: { readonly ticket: string; readonly scheduledAt: string };
}
export interface Template {
  readonly notice: NoticeKind;
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}
export interface Letter {
  /** With its angle brackets. */
  readonly messageId: string;
  readonly to: Sensitive;
  readonly from: { readonly name: string; readonly address: string };
  readonly replyTo: string | undefined;
  readonly language: string;
  /** In which times are told. */
  readonly timeZone: string;
  /** The tenant's own. */
  readonly templates: readonly Template[];
  readonly words: Words;
}
/** `Later`: surely not delivered, and worth another try. `said`: by the server, free of personal data. */
export interface Delivery {
  readonly state: "Sent" | "Refused" | "Uncertain" | "Later";
  readonly said: string;
}
