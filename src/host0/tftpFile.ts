import { answer, sentenceOfAnswer } from '../core/boot/answer.ts';
import { netascii } from '../core/tftp/netascii.ts';
import { TFTP_ERROR } from '../core/tftp/packet.ts';
import type { OpenFile } from '../shell/files.ts';
import type { Source } from '../shell/sending/orders.ts';
import type { Endpoint } from '../shell/udp.ts';
import type { Refusal, TftpDeps, TftpRequest } from './tftpTransfer.ts';

/** What a transfer reads from. */
export interface Opened {
  readonly path: string;
  readonly size: number;
  /** Bytes `from` up to, not including, `to`; at once where they are at hand. */
  readonly read: (from: number, to: number) => Uint8Array | Promise<Uint8Array>;
  /** Where threads can read it by themselves. */
  readonly source?: Source | undefined;
  readonly close: () => Promise<void>;
}

/** Bytes. Line ends are only looked for in what a person may have written. */
const LARGEST_TEXT = 16 * 2 ** 20;
/** Bytes read at once of a file that is not held in memory. */
const AHEAD = 256 * 1024;

/** The file that a request is for, or why it gets none. */
export async function openRequest(request: TftpRequest, from: Endpoint, deps: TftpDeps): Promise<Opened | Refusal> {
  const asked = { protocol: 'tftp', path: request.path, writes: request.kind === 'write' } as const;
  const given = answer(asked, deps.policy(from.address));
  if (given.kind !== 'file') return { code: TFTP_ERROR.access, why: sentenceOfAnswer(given) };
  if (!['octet', 'netascii'].includes(request.mode)) {
    return { code: TFTP_ERROR.illegal, why: `no mode ${request.mode}` };
  }
  const made = await deps.made(given.path, from.address);
  if (made !== undefined) return fromMemory(given.path, request.mode === 'netascii' ? netascii(made) : made);
  // Some firmware asks in capitals for what it was told in small letters.
  for (const path of new Set([given.path, given.path.toLowerCase()])) {
    const file = await deps.files.open(path);
    if (file !== undefined) return request.mode === 'netascii' ? asText(path, file) : fromFile(path, file);
  }
  return { code: TFTP_ERROR.notFound, why: 'no such file' };
}

const fromMemory = (path: string, bytes: Uint8Array): Opened => ({
  path,
  size: bytes.length,
  read: (from, to) => bytes.subarray(from, to),
  source: { bytes },
  close: async () => undefined,
});

const fromFile = (path: string, file: OpenFile): Opened => ({
  path,
  size: file.info.size,
  read: readAhead(file),
  source: sourceOf(file),
  close: () => file.close(),
});

function sourceOf({ held, inRam }: OpenFile): Source | undefined {
  if (held !== undefined) return { bytes: held };
  return inRam === undefined ? undefined : { descriptor: inRam };
}

async function asText(path: string, file: OpenFile): Promise<Opened | Refusal> {
  try {
    if (file.info.size <= LARGEST_TEXT) return fromMemory(path, netascii(await file.read(0, file.info.size)));
    return { code: TFTP_ERROR.access, why: 'too large for the mode netascii: ask in octet' };
  } finally {
    await file.close();
  }
}

const NOTHING = new Uint8Array();

/** Reads in larger pieces than a transfer asks for. */
function readAhead(file: OpenFile): Opened['read'] {
  let [start, piece]: [number, Uint8Array] = [0, NOTHING];
  let room: Uint8Array | undefined;
  return (from, to) => {
    if (from >= start && to <= start + piece.length) return piece.subarray(from - start, to - start);
    const end = Math.min(Math.max(from + AHEAD, to), file.info.size);
    piece = NOTHING;
    // What is read later may be read twice at once; what is read at once may be written over.
    const read = file.read(from, end, room !== undefined && end - from <= room.length ? room : undefined);
    const keep = (bytes: Uint8Array): Uint8Array => {
      [start, piece] = [from, bytes];
      return bytes.subarray(0, to - from);
    };
    if (!(read instanceof Uint8Array)) return read.then(keep);
    if (file.held === undefined) room ??= read;
    return keep(read);
  };
}
