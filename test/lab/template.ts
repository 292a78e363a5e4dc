/** The migrated database that every test copies. */
export const TEMPLATE = "lastmile_template";

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
