/** Serial numbers in the one form that claims compare. */

const VENDOR_AND_SERIAL = /^([A-Za-z]{4})([0-9A-Fa-f]{8})$/;
const HEX = /^[0-9A-Fa-f]{16}$/;

/**
 * G.984.3 serial number: four letters of the vendor and eight hex digits (`HWTC12345678`), or the same eight bytes in hex
 * (`4857544312345678`). The result is the first form, in capitals. Other texts come back trimmed and in capitals.
 */
export function onuSerial(text: string): string {
  const plain = text.trim();
  if (VENDOR_AND_SERIAL.test(plain)) return plain.toUpperCase();
  const vendor = HEX.test(plain) ? Buffer.from(plain.slice(0, 8), "hex").toString("latin1") : "";
  return (/^[A-Za-z]{4}$/.test(vendor) ? vendor + plain.slice(8) : plain).toUpperCase();
}

/** TR-069 serial numbers are opaque, save those of integrated ONTs, which are an ONU's; case and surrounding space are no difference. */
export const cpeSerial = (text: string): string => onuSerial(text);
