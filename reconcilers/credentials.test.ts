import { describe, expect, test } from "vitest";
import { Sensitive } from "../controller/core/sensitive.ts";
import { credentialsFor } from "./credentials.ts";
import { parsePostgresAddress } from "./spec.ts";

const secret = (hosts?: string) => ({
  username: new Sensitive("lastmile"),
  password: new Sensitive("S3CRET"),
  ...(hosts !== undefined && { hosts: new Sensitive(hosts) }),
});

describe("a Secret with hosts goes only there", () => {
  test.each([
    ["postgresql://db.example:5432/radius", "db.example", "any port"],
    ["postgresql://db.example/radius", "db.example:5432", "the port that is meant"],
    ["https://netbox.example/path", "netbox.example:443", "the port that is meant"],
    ["https://NetBox.example", "netbox.EXAMPLE", "names have no case"],
    ["postgresql://b.example/radius", "a.example\nb.example\n", "one a line"],
    ["postgresql://b.example/radius", "a.example, b.example", "or with commas"],
    ["postgresql://[2001:db8::1]/radius", "[2001:db8::1]", "an address"],
    ["voltha.example:55555", "voltha.example:55555", "without a scheme"],
  ])("%s: %s (%s)", (address, hosts) => {
    expect(Object.keys(credentialsFor([address], secret(hosts)))).toEqual(["username", "password"]);
  });
  test.each([
    ["postgresql://evil.example/radius", "db.example", "another host"],
    ["postgresql://db.example.evil.example/radius", "db.example", "a longer name"],
    ["postgresql://xdb.example/radius", "db.example", "a name that ends alike"],
    ["postgresql://db.example@evil.example/radius", "db.example", "a user that looks like the host"],
    ["postgresql://db.example:6543/radius", "db.example:5432", "another port"],
    ["http://netbox.example", "netbox.example:443", "in the clear"],
    ["postgresql://db%2eexample/radius", "db.example", "a spelling that others read differently"],
    ["postgresql:///radius", "db.example", "no host"],
    ["postgresql://db.example/radius", "", "an empty list allows nothing"],
    ["not an address", "db.example", "nonsense"],
  ])("%s is refused: %s (%s)", (address, hosts) => {
    expect(() => credentialsFor([address], secret(hosts))).toThrow(expect.objectContaining({ code: "Misconfigured" }));
  });
  test("a system of two servers: both must be named", () => {
    const both = ["voltha.example:55555", "http://vgc.example:8181"];
    expect(() => credentialsFor(both, secret("voltha.example"))).toThrow(
      expect.objectContaining({ code: "Misconfigured" }),
    );
    expect(Object.keys(credentialsFor(both, secret("voltha.example, vgc.example:8181")))).toHaveLength(2);
  });
  test("one without goes anywhere, and nothing of it is told", () => {
    expect(Object.keys(credentialsFor(["postgresql://any.example/x"], secret()))).toEqual(["username", "password"]);
    expect(() => credentialsFor(["postgresql://any.example/x"], secret("S3CRET.example"))).not.toThrow(/S3CRET/);
  });
});

/** pg lets parameters win over the host, the user and the password of an address. */
test.each([
  "host=evil.example",
  "port=1",
  "user=x",
  "password=x",
  "options=-cx",
  "hostaddr=192.0.2.1",
  "sslmode=require&host=x",
])("an address of a database has no parameter %s", (parameters) => {
  expect(() => parsePostgresAddress(`postgresql://db.example/radius?${parameters}`)).toThrow(/sslmode/);
});
test("an address of a database may say how TLS is used", () => {
  const address = "postgresql://db.example/radius?sslmode=verify-full&sslrootcert=/etc/ca.pem";
  expect(parsePostgresAddress(address)).toBe(address);
});
