import { describe, expect, it } from "vitest";
import { Catalog, keyOfObject } from "./catalog.ts";
import { plan, profile, radius, subscriber, tenant } from "./resolve/fixture.ts";

const john = subscriber({ planRef: { name: "old_name" }, networkProfileRef: { name: "john" } });
const basic = plan({ aliases: ["old_name"] });

describe("catalog", () => {
  it("finds plans by name and by alias, and no longer when they are gone", () => {
    const catalog = new Catalog([basic]);
    expect(catalog.plan("isp-acme", "old_name")).toBe(basic);
    expect(catalog.plan("isp-other", "old_name")).toBeUndefined();
    catalog.put(plan());
    expect(catalog.plan("isp-acme", "old_name")).toBeUndefined();
    catalog.remove(keyOfObject(basic));
    expect([catalog.plan("isp-acme", "basic"), catalog.size]).toEqual([undefined, 0]);
  });
  it("knows who depends on what, also before that exists", () => {
    const catalog = new Catalog([john]);
    expect([...catalog.dependants(basic)]).toEqual([keyOfObject(john)]);
    expect([...catalog.dependants(profile())]).toEqual([keyOfObject(john)]);
    catalog.put(tenant());
    catalog.put(basic);
    const all = [keyOfObject(basic), keyOfObject(john)];
    expect([...catalog.dependants(tenant())].sort()).toEqual(all);
    expect([...catalog.dependants(radius())].sort()).toEqual([...all, keyOfObject(tenant())]);
    catalog.remove(keyOfObject(john));
    expect([...catalog.dependants(profile())]).toEqual([]);
  });
  it("finds who declares an ONU, however its serial number is written, and no longer when he is gone", () => {
    const catalog = new Catalog([john]);
    const mary = subscriber({ onu: { olt: "olt1", serial: "4857544300000077" } }, "mary");
    catalog.put(mary);
    expect(catalog.subscribersOfOnu("hwtc00000077")).toEqual([keyOfObject(mary)]);
    catalog.put(subscriber({ onu: { olt: "olt1", serial: "HWTC00000078" } }, "mary"));
    expect(catalog.subscribersOfOnu("HWTC00000077")).toEqual([]);
    expect(catalog.subscribersOfOnu("HWTC00000078")).toEqual([keyOfObject(mary)]);
  });
  it("gives a namespace that two tenants claim to the lesser name", () =>
    expect(new Catalog([tenant({}, "zeta"), tenant({}, "acme")]).tenant("isp-acme")?.metadata.name).toBe("acme"));
});
