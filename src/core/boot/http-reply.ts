/** What a URL names: bytes at hand and stretches of files, sent one behind the other. */
export interface Entity {
  /** Content-Type. */
  readonly type: string;
  readonly parts: readonly Part[];
  /** Changes whenever the bytes do; undefined for what is made anew each time. */
  readonly tag: string | undefined;
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
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  /** Bytes of the body, or of the body a HEAD stands for. */
  readonly length: number;
}

const partLength = (part: Part): number => (part.kind === 'bytes' ? part.bytes.length : part.to - part.from);
export const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + partLength(part), 0);

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
  const headers = {
    'Content-Type': entity.type,
    'Accept-Ranges': 'bytes',
    ...(entity.tag === undefined ? { 'Cache-Control': 'no-store' } : { ETag: entity.tag }),
  };
  if (entity.tag !== undefined && matches(asked.ifNoneMatch, entity.tag)) {
    return { status: 304, headers, parts: [], length: 0 };
  }
  const isCurrent = asked.ifRange === undefined || asked.ifRange === entity.tag;
  const range = isCurrent ? parseRange(asked.range, size) : undefined;
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

const matches = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim())) ?? false;

/** Firmware looks at these before it starts what it fetched (EDK2, HttpBootSupport.c). */
const TYPES: Readonly<Record<string, string>> = {
  efi: 'application/efi',
  ipxe: 'text/plain',
  cfg: 'text/plain',
  iso: 'application/vnd.efi-iso',
  img: 'application/vnd.efi-img',
};

export const typeOfPath = (path: string): string =>
  TYPES[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
