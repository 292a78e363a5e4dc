/** What others said, as it can be kept and shown: PostgreSQL takes neither NUL nor half a surrogate pair in JSON. */
export function shortened(text: string, longest: number): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 2)} …` : text;
  return cut.replaceAll("\0", " ").toWellFormed();
}
