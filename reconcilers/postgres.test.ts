/** The connection itself; what goes over it is tested with a database beside each system. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "./postgres.ts";

const folder = mkdtempSync(join(tmpdir(), "lastmile-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));
const open = (query: string) =>
  openDatabase(
    { address: `postgresql://127.0.0.1:1/db?${query}`, slots: 2 },
    { endpoint: "b", digest: String, credentials: {} },
  );
const refused = expect.objectContaining({ name: "Fault", code: "Misconfigured" });

test.each([
  ["is not there", "sslrootcert=/not/there.pem"],
  ["never ends", "sslkey=/dev/zero"],
  ["is a folder", `sslcert=${folder}`],
  ["is no path", "sslcert=/etc/passwd/x"],
])("a TLS file that %s is said before it is read", (_, query) => expect(() => open(query)).toThrow(refused));

test("a TLS file that goes away later is a Fault of the call, and no end of whoever asks", async () => {
  const path = join(folder, "ca.pem");
  writeFileSync(path, "");
  const db = open(`sslrootcert=${path}`);
  rmSync(path);
  await expect(db.read("select 1", [], new AbortController().signal)).rejects.toMatchObject({
    name: "Fault",
    code: "Unavailable",
  });
  await db.close();
});
