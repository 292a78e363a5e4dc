/** Passwords that Lastmile makes, as verbs for the store's lane. */
import type { OwnerKey } from "../../core/owner.ts";
import { MADE_PASSWORD } from "../../core/resolve/account.ts";
import { Sensitive } from "../../core/sensitive.ts";
import type { Secrets } from "../../store/secrets.ts";
import type { Verb } from "./lane.ts";

const OWNERS = 1000;

/** For looking only: what is not made yet has a stand-in that equals nothing. */
export function readOnlyVerb(secrets: Secrets): Verb<OwnerKey, Sensitive> {
  return {
    name: "secrets",
    limit: OWNERS,
    run: async (owners) => {
      const found = await secrets.read(owners, MADE_PASSWORD);
      return owners.map((o) => new Sensitive(found.get(o)?.reveal() ?? "not made yet", "generated"));
    },
  };
}

/** In the place of what was made: the customer's router has this one. */
export function keptVerb(secrets: Secrets): Verb<{ readonly owner: OwnerKey; readonly value: Sensitive }, void> {
  return {
    name: "keep secrets",
    limit: OWNERS,
    run: async (rows) => {
      await secrets.put(rows.map((r) => ({ ...r, name: MADE_PASSWORD })));
      return rows.map(() => undefined);
    },
  };
}

/** Made at first use: to be declared is enough to have a password. */
export function generatedVerb(secrets: Secrets): Verb<OwnerKey, Sensitive> {
  return {
    name: "secrets",
    limit: OWNERS,
    run: async (owners) => {
      const found = await secrets.generated(owners, MADE_PASSWORD);
      return owners.map((o) => new Sensitive(found.get(o)?.reveal() ?? "", "generated"));
    },
  };
}
