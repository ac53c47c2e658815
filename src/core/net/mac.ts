import { hex } from './text.ts';

/** A MAC address in its one normal form: lower case, `:` between bytes. */
export type Mac = string & { readonly __mac: true };

/** Accepts any case, and `:`, `-`, `.` or nothing between digits; undefined for what is no MAC address. */
export function parseMac(text: string): Mac | undefined {
  const digits = text.trim().replaceAll(/[:.-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(digits)) return undefined;
  return digits.match(/../g)?.join(':') as Mac;
}

export function macOfBytes(bytes: Uint8Array): Mac {
  return hex(bytes.subarray(0, 6), ':') as Mac;
}

export function macBytes(mac: Mac): Uint8Array {
  return Uint8Array.from(mac.split(':'), (pair) => Number.parseInt(pair, 16));
}

/** The group bit of the first byte (IEEE 802): broadcast and multicast addresses name no single machine. */
export function isGroupMac(mac: Mac): boolean {
  return ((macBytes(mac)[0] ?? 0) & 1) === 1;
}
