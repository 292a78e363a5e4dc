/** Reads the report of a mail server that could not deliver what it had taken (RFC 3464): which message, and why. */
export interface Bounce {
  /** With its angle brackets. */
  readonly messageId: string;
  /** The enhanced status code, such as 5.1.1 (RFC 3463). */
  readonly status: string;
}

/** undefined: it is no report of a failure. A delay is none. */
export function readBounce(message: string): Bounce | undefined {
  const text = message.replace(/\r\n/g, "\n").replace(/\n[ \t]+/g, " "); // unfolded, RFC 5322
  if (!/^content-type:.*report-type="?delivery-status/im.test(text) || !/^action: *failed/im.test(text))
    return undefined;
  const status = /^status: *([245]\.\d{1,3}\.\d{1,3})/im.exec(text)?.[1] ?? "5.0.0";
  const id = /^original-envelope-id: *<?([^\s<>@]+@[^\s<>@]+)>?/im.exec(text)?.[1] ?? returned(text);
  return id === undefined ? undefined : { messageId: `<${id}>`, status };
}
/** Of the message that comes back: the last one of the body. The report's own head may have one, and need not. */
const returned = (text: string): string | undefined =>
  [...text.slice(text.indexOf("\n\n")).matchAll(/^message-id: *<([^\s<>@]+@[^\s<>@]+)>/gim)].at(-1)?.[1];
