import { httpDate, parseHttpDate } from '../http/date.ts';

/** What a URL names: bytes at hand and stretches of files, sent one behind the other. */
export interface Entity {
  /** Content-Type. */
  readonly type: string;
  readonly parts: readonly Part[];
  /** Changes whenever the bytes do; undefined for what is made anew each time. */
  readonly tag: string | undefined;
  /** Milliseconds since 1970 of the last change; absent for what is made anew each time. */
  readonly modified?: number | undefined;
}

export type Part =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `from` up to, not including, `to`. */
  | { readonly kind: 'file'; readonly path: string; readonly from: number; readonly to: number };

/** The headers of a request that bear on what is sent. */
export interface Conditions {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince?: string | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  /** Bytes of the body, or of the body a HEAD stands for. */
  readonly length: number;
}

const partLength = (part: Part): number => (part.kind === 'bytes' ? part.bytes.length : part.to - part.from);
const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + partLength(part), 0);

/** The stretch `from` up to `to` of all parts together. */
export function sliceParts(parts: readonly Part[], from: number, to: number): Part[] {
  let start = 0;
  return parts.flatMap((part): Part[] => {
    const [first, last] = [Math.max(from - start, 0), Math.min(to - start, partLength(part))];
    start += partLength(part);
    if (first >= last) return [];
    return part.kind === 'bytes'
      ? [{ kind: 'bytes', bytes: part.bytes.subarray(first, last) }]
      : [{ kind: 'file', path: part.path, from: part.from + first, to: part.from + last }];
  });
}

/**
 * The stretch that a Range header asks for, `unsatisfiable`, or undefined where the whole is to be sent: no header, one that
 * is not understood, or several stretches, which a server may refuse to cut (RFC 9110 14.2).
 */
export function parseRange(
  header: string | undefined,
  size: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const count = Math.min(Number(last), size);
    return count === 0 ? 'unsatisfiable' : { from: size - count, to: size };
  }
  const from = Number(first);
  const to = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < from) return undefined;
  return from >= size ? 'unsatisfiable' : { from, to };
}

/** How to answer a GET or HEAD for an entity (RFC 9110 13 and 14). */
export function entityReply(entity: Entity, asked: Conditions): HttpReply {
  const size = lengthOf(entity.parts);
  const headers = headersOf(entity);
  if (isKnown(entity, asked)) return { status: 304, headers, parts: [], length: 0 };
  const range = isCurrent(entity, asked.ifRange) ? parseRange(asked.range, size) : undefined;
  if (range === undefined) return { status: 200, headers, parts: entity.parts, length: size };
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` }, parts: [], length: 0 };
  }
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${range.from}-${range.to - 1}/${size}` },
    parts: sliceParts(entity.parts, range.from, range.to),
    length: range.to - range.from,
  };
}

/** A cache may keep what has a tag, but has to ask each time: a file may change under its URL. */
const headersOf = ({ type, tag, modified }: Entity): Record<string, string> => ({
  'Content-Type': type,
  'Accept-Ranges': 'bytes',
  'Cache-Control': tag === undefined ? 'no-store' : 'no-cache',
  ...(tag === undefined ? {} : { ETag: tag }),
  ...(modified === undefined ? {} : { 'Last-Modified': httpDate(modified) }),
});

/** Whether the client has it already. A date only counts where no tag was sent (RFC 9110 13.2.2). */
function isKnown({ tag, modified }: Entity, { ifNoneMatch, ifModifiedSince }: Conditions): boolean {
  if (ifNoneMatch !== undefined) return tag !== undefined && matches(ifNoneMatch, tag);
  const since = parseHttpDate(ifModifiedSince ?? '');
  return modified !== undefined && since !== undefined && Math.floor(modified / 1000) * 1000 <= since;
}

/** Whether a part of it may be put behind what the client has; a date has to be the very same (RFC 9110 13.1.5). */
const isCurrent = ({ tag, modified }: Entity, ifRange: string | undefined): boolean =>
  ifRange === undefined || ifRange === tag || (modified !== undefined && ifRange === httpDate(modified));

const matches = (header: string, tag: string): boolean =>
  header.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim()));

/** Firmware looks at these before it starts what it fetched (EDK2, HttpBootSupport.c). */
const TYPES: Readonly<Record<string, string>> = {
  efi: 'application/efi',
  ipxe: 'text/plain',
  cfg: 'text/plain',
  txt: 'text/plain',
  json: 'application/json',
  iso: 'application/vnd.efi-iso',
  img: 'application/vnd.efi-img',
};

export const typeOfPath = (path: string): string =>
  TYPES[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
