import { ByteReader, type ByteWriter, DecodeError } from '../net/bytes.ts';
import { ipv4Bytes, ipv4OfBytes, type Ipv4 } from '../net/ipv4.ts';
import { readName, writeName, type Name, type Written } from './name.ts';

export interface Soa {
  readonly primary: Name;
  readonly mailbox: Name;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** Seconds for which "there is none" may be kept (RFC 2308 4). */
  readonly minimum: number;
}

interface Pointer<T> {
  readonly type: T;
  readonly target: Name;
}

/** What a record holds. Types that the table does not know keep their bytes (RFC 3597). */
export type RecordData =
  | { readonly type: 'A'; readonly address: Ipv4 }
  | Pointer<'NS'>
  | Pointer<'CNAME'>
  | Pointer<'PTR'>
  | { readonly type: 'SOA'; readonly soa: Soa }
  | { readonly type: 'MX'; readonly preference: number; readonly target: Name }
  | { readonly type: 'TXT'; readonly texts: readonly Uint8Array[] }
  | { readonly type: 'AAAA'; readonly bytes: Uint8Array }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: Name;
    }
  | { readonly type: 'other'; readonly code: number; readonly bytes: Uint8Array };

export type RecordType = RecordData['type'];

/** The stretch of a message that holds a record's data. */
interface Stretch {
  readonly message: Uint8Array;
  readonly from: number;
  readonly to: number;
}

interface Codec<D> {
  readonly code: number;
  decode(stretch: Stretch): D;
  encode(writer: ByteWriter, data: D, written: Written): void;
}

type Of<T extends RecordType> = Extract<RecordData, { type: T }>;

const bytesOf = ({ message, from, to }: Stretch): Uint8Array => message.slice(from, to);

function exactly(stretch: Stretch, length: number): Uint8Array {
  const bytes = bytesOf(stretch);
  if (bytes.length !== length) throw new DecodeError(`a record of ${bytes.length} bytes instead of ${length}`);
  return bytes;
}

/** A name that fills the stretch from `from` on. */
function nameToEnd({ message, to }: Stretch, from: number): Name {
  const { name, next } = readName(message, from);
  if (next !== to) throw new DecodeError(`a name ends at ${next} instead of ${to}`);
  return name;
}

const named = <T>(code: number, type: T): Codec<Pointer<T>> => ({
  code,
  decode: (stretch) => ({ type, target: nameToEnd(stretch, stretch.from) }),
  encode: (writer, { target }, written) => writeName(writer, target, written),
});

const soa: Codec<Of<'SOA'>> = {
  code: 6,
  decode(stretch) {
    const primary = readName(stretch.message, stretch.from);
    const mailbox = readName(stretch.message, primary.next);
    const reader = new ByteReader(stretch.message.subarray(mailbox.next, stretch.to));
    const [serial, refresh, retry] = [reader.u32(), reader.u32(), reader.u32()];
    const [expire, minimum] = [reader.u32(), reader.u32()];
    reader.end();
    const names = { primary: primary.name, mailbox: mailbox.name };
    return { type: 'SOA', soa: { ...names, serial, refresh, retry, expire, minimum } };
  },
  encode(writer, { soa: { primary, mailbox, serial, refresh, retry, expire, minimum } }, written) {
    writeName(writer, primary, written);
    writeName(writer, mailbox, written);
    for (const number of [serial, refresh, retry, expire, minimum]) writer.u32(number);
  },
};

function textsOf(stretch: Stretch): Uint8Array[] {
  const reader = new ByteReader(bytesOf(stretch));
  const texts: Uint8Array[] = [];
  while (reader.left > 0) texts.push(reader.take(reader.u8()));
  return texts;
}

/** Reads the two or three numbers before a name. */
function numbersBefore({ message, from, to }: Stretch, count: number): number[] {
  const reader = new ByteReader(message.subarray(from, to));
  return Array.from({ length: count }, () => reader.u16());
}

/** Every type that pxen writes (RFC 1035 3.3 and 3.4, RFC 3596, RFC 2782). */
const CODECS: { readonly [T in Exclude<RecordType, 'other'>]: Codec<Of<T>> } = {
  A: {
    code: 1,
    decode: (stretch) => ({ type: 'A', address: ipv4OfBytes(exactly(stretch, 4)) }),
    encode: (writer, { address }) => writer.put(ipv4Bytes(address)),
  },
  NS: named(2, 'NS'),
  CNAME: named(5, 'CNAME'),
  SOA: soa,
  PTR: named(12, 'PTR'),
  MX: {
    code: 15,
    decode(stretch) {
      const [preference = 0] = numbersBefore(stretch, 1);
      return { type: 'MX', preference, target: nameToEnd(stretch, stretch.from + 2) };
    },
    encode: (writer, { preference, target }, written) => writeName(writer.u16(preference), target, written),
  },
  TXT: {
    code: 16,
    decode: (stretch) => ({ type: 'TXT', texts: textsOf(stretch) }),
    encode(writer, { texts }) {
      for (const text of texts) writer.u8(text.length).put(text.subarray(0, 255));
    },
  },
  AAAA: {
    code: 28,
    decode: (stretch) => ({ type: 'AAAA', bytes: exactly(stretch, 16) }),
    encode: (writer, { bytes }) => writer.put(bytes),
  },
  SRV: {
    code: 33,
    decode(stretch) {
      const [priority = 0, weight = 0, port = 0] = numbersBefore(stretch, 3);
      return { type: 'SRV', priority, weight, port, target: nameToEnd(stretch, stretch.from + 6) };
    },
    // Its name is not compressed (RFC 2782).
    encode: (writer, { priority, weight, port, target }) =>
      writeName(writer.u16(priority).u16(weight).u16(port), target, new Map()),
  },
};

const BY_CODE: ReadonlyMap<number, Codec<RecordData>> = new Map(
  Object.values(CODECS).map((codec) => [codec.code, codec as Codec<RecordData>]),
);
const NAMES: ReadonlyMap<number, RecordType> = new Map(
  Object.entries(CODECS).map(([name, { code }]) => [code, name as RecordType]),
);

/** The type of a code; undefined for those that the table does not know. */
export const typeOfCode = (code: number): RecordType | undefined => NAMES.get(code);

export const codeOf = (data: RecordData): number => (data.type === 'other' ? data.code : CODECS[data.type].code);

export function decodeData(code: number, stretch: Stretch): RecordData {
  return BY_CODE.get(code)?.decode(stretch) ?? { type: 'other', code, bytes: bytesOf(stretch) };
}

export function encodeData(writer: ByteWriter, data: RecordData, written: Written): void {
  if (data.type === 'other') writer.put(data.bytes);
  else BY_CODE.get(CODECS[data.type].code)?.encode(writer, data, written);
}
