import { ByteWriter, DecodeError } from '../../net/bytes.ts';
import { ipv4Bytes, ipv4Number, ipv4OfBytes, type Ipv4 } from '../../net/ipv4.ts';
import type { Shape } from './shape.ts';

export const ipv4: Shape<Ipv4> = {
  decode(bytes) {
    if (bytes.length !== 4) throw new DecodeError(`${bytes.length} bytes are no IPv4 address`);
    return ipv4OfBytes(bytes);
  },
  encode: ipv4Bytes,
};

/** One or more addresses in order of preference. */
export const ipv4List: Shape<readonly Ipv4[]> = {
  decode(bytes) {
    if (bytes.length === 0 || bytes.length % 4 > 0)
      throw new DecodeError(`${bytes.length} bytes are no IPv4 addresses`);
    return Array.from({ length: bytes.length / 4 }, (_, index) => ipv4OfBytes(bytes.subarray(index * 4)));
  },
  encode(addresses) {
    const writer = new ByteWriter(4 * addresses.length);
    for (const address of addresses) writer.u32(ipv4Number(address));
    return writer.bytes();
  },
};
