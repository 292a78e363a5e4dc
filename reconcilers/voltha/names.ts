/** How VOLTHA names and numbers what hangs on an OLT. */

/** In the one form of our keys: the OLT adapter writes the hexadecimal digits small, and others may not. */
export const keySerial = (serial: string): string => serial.toUpperCase();
/** As the OLT adapter writes it (`ALCL1234abcd`): for an ONU that is not there to say it. */
export const adapterSerial = (serial: string): string => serial.slice(0, 4) + serial.slice(4).toLowerCase();

/** Port of an ONU at the customer's side: `BBSM00000001-1`. */
export const portName = (serial: string, uni: number): string => `${serial}-${uni}`;

export interface PortName {
  readonly serial: string;
  readonly uni: number;
}
export function parsePort(name: string): PortName | undefined {
  const found = /^(.+)-(\d+)$/.exec(name);
  return found ? { serial: found[1]!, uni: Number(found[2]) } : undefined;
}

/** Of the ONU that has the port. */
export const serialOf = (port: string): string => parsePort(port)?.serial ?? port;

const PON = 0x20000000;
/** From the number of the port to which an ONU is connected; undefined: no PON port. */
export const ponOf = (portNo: number): number | undefined =>
  portNo >= PON && portNo < PON + 2 ** 16 ? portNo - PON : undefined;

/** Number of a UNI: `pon << 16 | onu << 8 | uni`, where the first UNI is 0 there and 1 in its name. */
export const uniNumber = (pon: number, onuId: number, uni: number): number =>
  pon * 2 ** 16 + onuId * 2 ** 8 + (uni - 1);

/** As ONOS calls a logical device. */
export const ofDevice = (datapathId: string): string => `of:${BigInt(datapathId).toString(16).padStart(16, "0")}`;
