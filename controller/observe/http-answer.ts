/** One answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export const plain = (status: number, text: string): Answer => ({ status, type: "text/plain; charset=utf-8", text });
