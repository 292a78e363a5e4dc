/** Where the owner's mark stands: in custom fields, and for what has none (tags) in the description. */
import { type Ref, refKey } from "../../controller/core/model.ts";
import { type OwnerKey, type Token, token } from "../../controller/core/owner.ts";
import type { Query } from "./client.ts";
import { type Item, textAt } from "./list.ts";

/** Names of the custom fields. `lastmile_marker` is unique for each model: NetBox itself refuses the second of one. */
export const FIELD = {
  marker: "lastmile_marker",
  owner: "lastmile_owner",
  key: "lastmile_key",
  subscriber: "lastmile_subscriber",
  customer: "lastmile_customer",
} as const;

export interface Mark {
  readonly token: Token;
  readonly owner: OwnerKey;
  /** Our key of the object. */
  readonly key: string;
}
export interface Marking {
  /** Undefined parts: not there. */
  read(item: Item): Partial<Mark>;
  /** The part of a body that marks. */
  write(mark: Mark, retired: boolean): Readonly<Record<string, unknown>>;
  /** The filter by token; undefined: its key finds it. */
  readonly filter: string | undefined;
  /** What narrows a list to one tenant; every item of the answer is verified. */
  scope(installation: string, tenant: string): Query;
}

export const inFields: Marking = {
  read: (item) => ({
    ...optional("token", textAt(item, "custom_fields", FIELD.marker)),
    ...optional("owner", textAt(item, "custom_fields", FIELD.owner)),
    ...optional("key", textAt(item, "custom_fields", FIELD.key)),
  }),
  write: (m) => ({ custom_fields: { [FIELD.marker]: m.token, [FIELD.owner]: m.owner, [FIELD.key]: m.key } }),
  filter: `cf_${FIELD.marker}`,
  scope: (installation, tenant) => ({ [`cf_${FIELD.owner}__isw`]: `${installation}/${tenant}/` }),
};

const DESCRIBED = /^Lastmile (lm_[A-Za-z0-9_-]+)(?: (retired))? (\S+)$/;
const DESCRIPTION_LENGTH = 200;
export const isRetired = (item: Item): boolean => DESCRIBED.exec(textAt(item, "description") ?? "")?.[2] !== undefined;

/** `slug` is the key. */
export const inDescription: Marking = {
  read: (item) => {
    const [, found, , owner] = DESCRIBED.exec(textAt(item, "description") ?? "") ?? [];
    return { ...optional("token", found), ...optional("owner", owner), ...optional("key", textAt(item, "slug")) };
  },
  write: (m, retired) => ({
    description: `Lastmile ${m.token}${retired ? " retired" : ""} ${m.owner}`.slice(0, DESCRIPTION_LENGTH),
  }),
  filter: undefined,
  scope: (_installation, tenant) => ({ slug__isw: `lm-${tenant}_` }),
};

const optional = <K extends keyof Mark>(name: K, value: string | undefined): Partial<Mark> =>
  value === undefined ? {} : { [name]: value };

/** Owner and key beside the token are for people and for scans: they are right if they give the token. */
export const isWhole = ({ token: found, owner, key }: Partial<Mark>, at: Omit<Ref, "key">): boolean =>
  found !== undefined && owner !== undefined && key !== undefined && token(owner, refKey({ ...at, key })) === found;
