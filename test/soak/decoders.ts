import { parseBeacon } from '../../src/core/boot/beacon.ts';
import { entityReply } from '../../src/core/boot/http-reply.ts';
import { confinedPath } from '../../src/core/boot/path.ts';
import { readJournal } from '../../src/core/dhcp/journal.ts';
import { decodePacket, encodePacket } from '../../src/core/dhcp/packet.ts';
import { domains } from '../../src/core/dhcp/shapes/domains.ts';
import { framesOf } from '../../src/core/dns/framing.ts';
import { decodeDns, encodeDns } from '../../src/core/dns/message.ts';
import { readCpio } from '../../src/core/image/cpio.ts';
import { DecodeError } from '../../src/core/net/bytes.ts';
import { decodeTftp, encodeTftp } from '../../src/core/tftp/packet.ts';
import type { Chance } from '../../src/shell/chance.ts';
import {
  ARCHIVE_SEEDS,
  BEACON_SEEDS,
  DHCP_SEEDS,
  DNS_SEEDS,
  HEADER_SEEDS,
  JOURNAL_SEEDS,
  PATH_SEEDS,
  SEARCH_SEEDS,
  TFTP_SEEDS,
} from './corpus.ts';
import { mutated } from './mutate.ts';

/** A reader, and good input for it. `read` gives what it took, or throws DecodeError; what it gives must be right. */
export interface Decoder {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => unknown;
}

/** Input that a reader did not stand. */
export class Fallen extends Error {
  readonly target: string;
  readonly bytes: Uint8Array;

  constructor(target: string, bytes: Uint8Array, cause: unknown) {
    super(`${target}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, { cause });
    this.target = target;
    this.bytes = bytes;
  }
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function need(good: boolean, what: string): void {
  if (!good) throw new Error(what);
}

/** What was read is written and read again as the same. */
function again<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T, encode: (value: T) => Uint8Array): void {
  const value = decode(bytes);
  const written = encode(value);
  need(Buffer.from(encode(decode(written))).equals(written), 'what it writes it reads as something else');
}

const header = (value: Uint8Array): void => {
  const parts = [{ kind: 'bytes', bytes: new Uint8Array(1000) }] as const;
  const text = latin(value);
  for (const asked of [{ range: text }, { ifNoneMatch: text }, { ifRange: text, range: 'bytes=0-1' }]) {
    const conditions = { range: undefined, ifRange: undefined, ifNoneMatch: undefined, ...asked };
    const { length, status } = entityReply({ type: 'x', parts, tag: '"af-12"' }, conditions);
    need(length >= 0 && length <= 1000 && [200, 206, 304, 416].includes(status), `${status} with ${length} bytes`);
  }
};

function path(bytes: Uint8Array): void {
  const given = confinedPath(latin(bytes));
  if (given === undefined) throw new DecodeError('no path');
  const parts = given.split('/');
  need(!parts.includes('..') && !parts.includes('') && !/[\\\0]/.test(given), `it leads to ${given}`);
}

export const DECODERS: readonly Decoder[] = [
  {
    name: 'dhcp',
    seeds: DHCP_SEEDS,
    read: (bytes) => {
      const { packet } = decodePacket(bytes);
      const { bytes: out } = encodePacket(packet);
      need(out.length <= 1472 + 255 && decodePacket(out).packet.xid === packet.xid, 'it writes what it cannot read');
    },
  },
  // Names come as bytes and go as UTF-8, so only the kind is the same.
  {
    name: 'tftp',
    seeds: TFTP_SEEDS,
    read: (bytes) => {
      const packet = decodeTftp(bytes);
      need(decodeTftp(encodeTftp(packet)).kind === packet.kind, 'it writes what it cannot read');
    },
  },
  { name: 'dns', seeds: DNS_SEEDS, read: (bytes) => again(bytes, decodeDns, encodeDns) },
  {
    name: 'dns-stream',
    seeds: DNS_SEEDS,
    read: (bytes) => need(framesOf(bytes).rest.length <= 65_537, 'it holds too much'),
  },
  { name: 'beacon', seeds: BEACON_SEEDS, read: parseBeacon },
  { name: 'path', seeds: PATH_SEEDS, read: path },
  { name: 'header', seeds: HEADER_SEEDS, read: header },
  { name: 'journal', seeds: JOURNAL_SEEDS, read: (bytes) => readJournal(latin(bytes), 0) },
  { name: 'search-list', seeds: SEARCH_SEEDS, read: (bytes) => domains.decode(bytes) },
  { name: 'archive', seeds: ARCHIVE_SEEDS, read: readCpio },
];

/** Whether a reader took the input; throws Fallen where it neither took nor refused it. */
export function stands({ name, read }: Decoder, bytes: Uint8Array): boolean {
  try {
    read(bytes);
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw new Fallen(name, bytes, error);
  }
}

/** How many of so many inputs a reader took. */
export function fuzzDecoder(decoder: Decoder, chance: Chance, rounds: number): number {
  let taken = 0;
  for (let round = 0; round < rounds; round += 1) {
    if (stands(decoder, mutated(chance, decoder.seeds))) taken += 1;
  }
  return taken;
}
