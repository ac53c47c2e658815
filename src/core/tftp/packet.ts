import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { cString, utf8 } from '../net/text.ts';

/** Names in lower case, values as they came, in their order (RFC 2347). */
export type TftpOptions = ReadonlyMap<string, string>;

interface Request<K> {
  readonly kind: K;
  readonly path: string;
  readonly mode: string;
  readonly options: TftpOptions;
}

/** A TFTP message (RFC 1350 5, RFC 2347). */
export type TftpPacket =
  | Request<'read'>
  | Request<'write'>
  | { readonly kind: 'data'; readonly block: number; readonly bytes: Uint8Array }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  | { readonly kind: 'oack'; readonly options: TftpOptions };

/** Error codes (RFC 1350, appendix; RFC 2347). */
export const TFTP_ERROR = { other: 0, notFound: 1, access: 2, illegal: 4, unknownId: 5, options: 8 } as const;

interface Codec<P> {
  readonly code: number;
  decode(reader: ByteReader): P;
  encode(writer: ByteWriter, packet: P): void;
}

type Of<K extends TftpPacket['kind']> = Extract<TftpPacket, { kind: K }>;

function readText(reader: ByteReader): string {
  const bytes: number[] = [];
  for (let byte = reader.u8(); byte !== 0; byte = reader.u8()) bytes.push(byte);
  return cString(Uint8Array.from(bytes));
}

const writeText = (writer: ByteWriter, text: string): ByteWriter => writer.put(utf8(text)).u8(0);

function readOptions(reader: ByteReader): TftpOptions {
  const options = new Map<string, string>();
  while (reader.left > 0) {
    const name = readText(reader).toLowerCase();
    // Some ROMs fill their request with NULs up to a fixed length.
    if (name === '') continue;
    options.set(name, readText(reader));
  }
  return options;
}

function writeOptions(writer: ByteWriter, options: TftpOptions): void {
  for (const [name, value] of options) writeText(writeText(writer, name), value);
}

const request = <K extends 'read' | 'write'>(code: number, kind: K): Codec<Request<K>> => ({
  code,
  decode: (reader) => ({
    kind,
    path: readText(reader),
    mode: readText(reader).toLowerCase(),
    options: readOptions(reader),
  }),
  encode: (writer, { path, mode, options }) => writeOptions(writeText(writeText(writer, path), mode), options),
});

const CODECS: { readonly [K in TftpPacket['kind']]: Codec<Of<K>> } = {
  read: request(1, 'read'),
  write: request(2, 'write'),
  data: {
    code: 3,
    decode: (reader) => ({ kind: 'data', block: reader.u16(), bytes: reader.rest() }),
    encode: (writer, { block, bytes }) => writer.u16(block).put(bytes),
  },
  ack: {
    code: 4,
    decode: (reader) => ({ kind: 'ack', block: reader.u16() }),
    encode: (writer, { block }) => writer.u16(block),
  },
  error: {
    code: 5,
    // The text is for people, and not every client ends it with its NUL.
    decode: (reader) => ({ kind: 'error', code: reader.u16(), message: cString(reader.rest()) }),
    encode: (writer, { code, message }) => writeText(writer.u16(code), message),
  },
  oack: {
    code: 6,
    decode: (reader) => ({ kind: 'oack', options: readOptions(reader) }),
    encode: (writer, { options }) => writeOptions(writer, options),
  },
};

const BY_CODE: ReadonlyMap<number, Codec<TftpPacket>> = new Map(
  Object.values(CODECS).map((codec) => [codec.code, codec as Codec<TftpPacket>]),
);

/** Reads a TFTP message; throws DecodeError for anything else. */
export function decodeTftp(bytes: Uint8Array): TftpPacket {
  const reader = new ByteReader(bytes);
  const code = reader.u16();
  const codec = BY_CODE.get(code);
  if (codec === undefined) throw new DecodeError(`TFTP knows no operation ${code}`);
  const packet = codec.decode(reader);
  reader.end();
  return packet;
}

export function encodeTftp(packet: TftpPacket): Uint8Array {
  const codec = CODECS[packet.kind] as Codec<TftpPacket>;
  const writer = new ByteWriter().u16(codec.code);
  codec.encode(writer, packet);
  return writer.bytes();
}

/** The block that an ACK names, undefined for every other message. By hand: of these there are thousands. */
export function readAck(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 4 || bytes[0] !== 0 || bytes[1] !== 4) return undefined;
  return ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
}

/** What came, or undefined for what is no TFTP. */
export function readTftp(bytes: Uint8Array): TftpPacket | undefined {
  const block = readAck(bytes);
  if (block !== undefined) return { kind: 'ack', block };
  try {
    return decodeTftp(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** What somebody hears whose transfer this is not (RFC 1350 4). */
export const STRANGER = encodeTftp({ kind: 'error', code: TFTP_ERROR.unknownId, message: 'not your transfer' });
