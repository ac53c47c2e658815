import { ByteReader, ByteWriter, DecodeError } from '../net/bytes.ts';
import { readName, writeName, type Name, type Written } from './name.ts';
import { codeOf, decodeData, encodeData, type RecordData } from './record.ts';

export interface Question {
  readonly name: Name;
  /** Code of the type asked for; 255 asks for any. */
  readonly type: number;
  readonly class: number;
}

export interface DnsRecord {
  readonly name: Name;
  readonly class: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData;
}

/** What the OPT record says (RFC 6891 6.1). */
export interface Edns {
  /** Bytes of a datagram that the sender takes. */
  readonly payload: number;
  readonly version: number;
}

/** A DNS message (RFC 1035 4). */
export interface DnsMessage {
  readonly id: number;
  readonly isReply: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  /** With the upper eight bits of OPT, where there is one. */
  readonly code: number;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Without OPT, which is `edns`. */
  readonly additional: readonly DnsRecord[];
  readonly edns: Edns | undefined;
}

export const RCODE = { ok: 0, form: 1, failed: 2, noName: 3, notDone: 4, refused: 5, badVersion: 16 } as const;
export const INTERNET = 1;
const OPT = 41;
const FLAG = { reply: 0x8000, authoritative: 0x0400, truncated: 0x0200, desired: 0x0100, available: 0x0080 } as const;
/** Bytes of the header. */
export const HEADER = 12;

/** Reads a message; throws DecodeError for anything else. */
export function decodeDns(bytes: Uint8Array): DnsMessage {
  const header = new ByteReader(bytes);
  const [id, flags] = [header.u16(), header.u16()];
  const counts = [header.u16(), header.u16(), header.u16(), header.u16()];
  // Each question has at least 5 bytes, each record 11; so counts that lie end the reading at once.
  if (counts.reduce((sum, count) => sum + count, 0) * 5 > bytes.length)
    throw new DecodeError('more records than bytes');
  const reader = new MessageReader(bytes);
  const [questions = 0, answers = 0, authority = 0, additional = 0] = counts;
  const asked = Array.from({ length: questions }, () => reader.question());
  const sections = [answers, authority, additional].map((count) =>
    Array.from({ length: count }, () => reader.record()),
  );
  reader.end();
  const opts = (sections[2] ?? []).filter((record) => codeOf(record.data) === OPT);
  if (opts.length > 1) throw new DecodeError('more than one OPT record');
  return {
    id,
    isReply: (flags & FLAG.reply) > 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & FLAG.authoritative) > 0,
    truncated: (flags & FLAG.truncated) > 0,
    recursionDesired: (flags & FLAG.desired) > 0,
    recursionAvailable: (flags & FLAG.available) > 0,
    code: (flags & 0xf) | (((opts[0]?.ttl ?? 0) >>> 24) << 4),
    questions: asked,
    answers: sections[0] ?? [],
    authority: sections[1] ?? [],
    additional: (sections[2] ?? []).filter((record) => codeOf(record.data) !== OPT),
    edns: ednsOf(opts[0]),
  };
}

/** OPT keeps its payload where others have their class, and code and version in place of the time to live. */
const ednsOf = (opt: DnsRecord | undefined): Edns | undefined =>
  opt === undefined ? undefined : { payload: opt.class, version: (opt.ttl >>> 16) & 0xff };

class MessageReader {
  readonly #bytes: Uint8Array;
  #at = HEADER;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  question(): Question {
    const name = this.#name();
    const reader = this.#take(4);
    return { name, type: reader.u16(), class: reader.u16() };
  }

  record(): DnsRecord {
    const name = this.#name();
    const head = this.#take(10);
    const [code, klass, ttl, length] = [head.u16(), head.u16(), head.u32(), head.u16()];
    const from = this.#at;
    this.#take(length);
    const data = decodeData(code, { message: this.#bytes, from, to: from + length });
    return { name, class: klass, ttl, data };
  }

  end(): void {
    if (this.#at < this.#bytes.length) throw new DecodeError(`${this.#bytes.length - this.#at} bytes left over`);
  }

  #name(): Name {
    const { name, next } = readName(this.#bytes, this.#at);
    this.#at = next;
    return name;
  }

  #take(length: number): ByteReader {
    if (this.#at + length > this.#bytes.length) throw new DecodeError(`needs ${length} bytes at ${this.#at}`);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return new ByteReader(part);
  }
}

/** Writes a message; one that would be longer than `limit` goes without its records and says so (RFC 2181 9). */
export function encodeDns(message: DnsMessage, limit = 0xffff): Uint8Array {
  const whole = written(message);
  if (whole.length <= limit) return whole;
  return written({ ...message, truncated: true, answers: [], authority: [], additional: [] });
}

function written(message: DnsMessage): Uint8Array {
  const { questions, answers, authority, additional, edns } = message;
  const writer = new ByteWriter();
  const names: Written = new Map();
  writer.u16(message.id).u16(flagsOf(message)).u16(questions.length).u16(answers.length);
  writer.u16(authority.length).u16(additional.length + (edns === undefined ? 0 : 1));
  for (const { name, type, class: klass } of questions) {
    writeName(writer, name, names);
    writer.u16(type).u16(klass);
  }
  for (const record of [...answers, ...authority, ...additional]) writeRecord(writer, record, names);
  if (edns !== undefined) writeOpt(writer, edns, message.code);
  return writer.bytes();
}

const flagsOf = (message: DnsMessage): number =>
  (message.isReply ? FLAG.reply : 0) |
  ((message.opcode & 0xf) << 11) |
  (message.authoritative ? FLAG.authoritative : 0) |
  (message.truncated ? FLAG.truncated : 0) |
  (message.recursionDesired ? FLAG.desired : 0) |
  (message.recursionAvailable ? FLAG.available : 0) |
  (message.code & 0xf);

function writeRecord(writer: ByteWriter, { name, class: klass, ttl, data }: DnsRecord, names: Written): void {
  writeName(writer, name, names);
  writer.u16(codeOf(data)).u16(klass).u32(ttl);
  // The length stands before what it measures, so the data is tried out first, where it will stand.
  const trial = new ByteWriter().padTo(writer.length + 2);
  encodeData(trial, data, new Map(names));
  writer.u16(trial.length - writer.length - 2);
  encodeData(writer, data, names);
}

const writeOpt = (writer: ByteWriter, { payload, version }: Edns, code: number): ByteWriter =>
  writer
    .u8(0)
    .u16(OPT)
    .u16(payload)
    .u8(code >> 4)
    .u8(version)
    .u16(0)
    .u16(0);
