/** What a message may say, for those who try a template: all of it, and as little as there can be. */
import type { Words } from "../../controller/core/life/letter.ts";
import type { NoticeKind } from "../../controller/core/life/notices.ts";

export function samplesFor(notice: NoticeKind): readonly Words[] {
  const at = "2026-11-25T09:00:00Z";
  const base = { notice, at, customer: { name: "John Doe", id: "C-1" }, subscriber: { number: "SUB-1" } };
  const full: Words = {
    ...base,
    provider: { name: "Acme", replyTo: "help@acme.example" },
    plan: { name: "Fiber 1G", down: "1Gbps", up: "500Mbps" },
    address: { line: "123 Main St", line2: "2nd floor", postalCode: "10115", city: "Berlin" },
    suspension: { reason: "NonPayment", resumeAt: at },
    installation: { ticket: "TCK-20261125-0001", scheduledAt: at },
  };
  const bare: Words = {
    ...base,
    customer: { name: "", id: "C-1" },
    provider: { name: "Acme", replyTo: "" },
    plan: { name: "", down: "", up: "" },
    address: { line: "", line2: "", postalCode: "", city: "" },
    suspension: { reason: "", resumeAt: "" },
    // A visit that is told of always has a date.
    installation: { ticket: "", scheduledAt: notice === "InstallationScheduled" ? at : "" },
  };
  return [full, bare];
}
