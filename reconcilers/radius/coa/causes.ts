/** Pure: why a NAS refuses a CoA or Disconnect, in words (RFC 5176, 3.5). */

const WORDS: Readonly<Record<number, string>> = {
  201: "residual session context removed",
  202: "invalid EAP packet",
  401: "unsupported attribute",
  402: "missing attribute",
  403: "NAS identification mismatch",
  404: "invalid request",
  405: "unsupported service",
  406: "unsupported extension",
  407: "invalid attribute value",
  501: "administratively prohibited",
  502: "request not routable",
  503: "session context not found",
  504: "session context not removable",
  505: "other proxy processing error",
  506: "resources unavailable",
  507: "request initiated",
  508: "multiple session selection unsupported",
};
export const wordsOf = (cause: number | undefined): string =>
  cause === undefined ? "no cause given" : `${cause} ${WORDS[cause] ?? "unknown cause"}`;

/** The session is not there any more, which is what a Disconnect wants. */
export const isGone = (cause: number | undefined): boolean => cause === 503 || cause === 201;

/** The NAS will never carry out this CoA; ending the session is the other way to make it new. */
const NEVER: ReadonlySet<number | undefined> = new Set([401, 404, 405, 406, 407]);
export const isUnsupported = (cause: number | undefined): boolean => NEVER.has(cause);
