import { macBytes, type Mac } from '../../src/core/net/mac.ts';

/** Frames for the tests of the switch. */

export const ADA = '52:54:00:00:00:01' as Mac;
export const BEA = '52:54:00:00:00:02' as Mac;
export const CAI = '52:54:00:00:00:03' as Mac;
export const EVERYONE = 'ff:ff:ff:ff:ff:ff' as Mac;

export function frame(to: Mac, from: Mac, type: number, payload: Uint8Array): Buffer {
  return Buffer.concat([macBytes(to), macBytes(from), Buffer.from([type >>> 8, type & 255]), payload]);
}

export const plain = (to: Mac, from: Mac, tag = 0): Buffer => frame(to, from, 0x88b5, Buffer.alloc(46, tag));

/** IPv4 with just the fields that the switch reads. */
export function udp(to: Mac, from: Mac, port: number, payload: Uint8Array): Buffer {
  const headers = Buffer.alloc(28);
  headers[0] = 0x45;
  headers[9] = 17;
  headers.writeUInt16BE(port, 22);
  return frame(to, from, 0x0800, Buffer.concat([headers, payload]));
}

/** `before`: bytes between the headers and the magic, which may stand anywhere. */
export const magic = (mac: Mac, before = 0): Buffer =>
  Buffer.concat([Buffer.alloc(before), Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => macBytes(mac))]);

export function framed(...frames: readonly Buffer[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      return [length, frame];
    }),
  );
}
