/** What a subscriber holds of what is scarce, in the store as claims, and where more of it may be taken. */
export type Range = readonly [first: number, last: number];
/** One tag, or a pair of tags, that nobody else in the domain has. */
export interface TagWant {
  readonly vlanDomain: string;
  readonly serviceVlans: readonly Range[];
  /** Empty: the S-tag alone tells the subscriber from others. */
  readonly innerVlans: readonly Range[];
}
/** A tag or pair that the subscriber holds already: `100` or `100.1000`. */
export interface HeldTag {
  readonly vlanDomain: string;
  readonly value: string;
}
/** An address that the subscriber holds. */
export interface HeldAddress {
  readonly vrf: string;
  readonly value: string;
}
/** Where a value may be taken when the system that chooses does not answer. */
export interface Fallback {
  /** The field of the object that the value stands for. */
  readonly field: string;
  readonly vrf: string;
  readonly prefix: string;
  /** Never given away, as in each network of the pool. */
  readonly gateway: "FirstHost" | "LastHost" | "None";
}
