/** The fields of billing's four kinds of objects: the tables that reading, writing and comparing follow. */
import type { FieldTable } from "../../controller/core/model.ts";

export const KINDS = ["customer", "service", "subscription", "activation"] as const;
export type Kind = (typeof KINDS)[number];

const managed = { authority: "managed" } as const;
/** Shown as a digest only: plans and audit rows outlive the erasure of personal data. */
const personal = { ...managed, secret: true } as const;

/** Columns of a customer and of a contact, by field. */
export const customerColumns = {
  customerId: "customer_id",
  name: "name",
  email: "email",
  phone: "phone",
  address: "address",
  language: "language",
} as const;
export type CustomerField = keyof typeof customerColumns;

/** Where in `service_metadata` a field stands: one or two keys deep. */
export const metadataPaths = {
  networkProfileId: ["network_profile", "network_profile_id"],
  serviceVlan: ["network_profile", "service_vlan"],
  innerVlan: ["network_profile", "inner_vlan"],
  qinqEnabled: ["network_profile", "qinq_enabled"],
  ipv6AssignmentMode: ["network_profile", "ipv6_assignment_mode"],
  ipv4: ["allocated_ips", "ipv4"],
  ipv6: ["allocated_ips", "ipv6"],
  ipv6Prefix: ["allocated_ips", "ipv6_prefix"],
  addressSource: ["allocated_ips", "source"],
  onuId: ["devices", "onu_id"],
  cpeId: ["devices", "cpe_id"],
  userName: ["radius", "username"],
  allocationMethod: ["allocation_method"],
  activationNotes: ["activation_notes"],
} as const satisfies Readonly<Record<string, readonly [string] | readonly [string, string]>>;

/** A subscription's state follows its service; this is what it says while it does. */
export const IN_STEP = "as its service";
/** Who was active stays so: what is wanted is no more than that nothing has begun by itself. */
const atLeastPending = (have: unknown, want: unknown): boolean =>
  have === want || (want === "PENDING" && have === "ACTIVE");
/** `029.90` and `29.90` are one amount. */
const amount = (v: string | number | boolean): string => String(v).replace(/^0+(?=\d)/, "");

export const fieldsOf: Readonly<Record<Kind, FieldTable>> = {
  customer: {
    customerId: managed,
    name: personal,
    email: personal,
    phone: personal,
    address: personal,
    language: managed,
  } satisfies Record<CustomerField, unknown>,
  service: {
    account: managed,
    plan: managed,
    ...Object.fromEntries(Object.keys(metadataPaths).map((field) => [field, managed])),
  },
  subscription: {
    service: managed,
    state: managed,
    product: managed,
    amount: { ...managed, normalize: amount },
    currency: managed,
    period: managed,
    trial: { authority: "seeded" },
  },
  activation: {
    service: managed,
    state: { ...managed, suspends: "SUSPENDED", equals: atLeastPending },
    charges: managed,
  },
};
