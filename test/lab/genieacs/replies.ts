/** What comes in and what goes out. */
export interface Request {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}
export interface Reply {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
export const text = (status: number, body: string): Reply => ({ status, body });
/** The engine of the recording says less of a syntax error than Node does. */
export const syntaxError = (e: unknown): Reply => text(400, String(e).replace(/ \(line \d+ column \d+\)$/, ""));
