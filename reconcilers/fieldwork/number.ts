/** How tickets are numbered. Pure. */
import type { Day } from "./calendar.ts";

/** Decimal as long as four digits suffice; then four digits of base 36 that begin with a letter, so that none comes twice. */
const DECIMAL = 9_999;
const LETTERS = Number.parseInt("A000", 36);
/** Tickets of one day that have a number. */
export const MOST = DECIMAL + Number.parseInt("ZZZZ", 36) - LETTERS + 1;

/** `TCK-20261124-0001`. @param nth of the day, from 1. */
export function ticketNumber(day: Day, nth: number): string {
  const text = nth <= DECIMAL ? String(nth).padStart(4, "0") : (LETTERS + nth - DECIMAL - 1).toString(36).toUpperCase();
  return `TCK-${day.replaceAll("-", "")}-${text}`;
}
