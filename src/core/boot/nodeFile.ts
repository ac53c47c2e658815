import { parseMac, type Mac } from '../net/mac.ts';

/** One of the files of what a machine boots, under the machine's name: its kernel, or all its initrds one behind the other. */
export interface NodeFile {
  readonly mac: Mac;
  readonly part: 'kernel' | 'initrds';
}

/** The path by which it is asked for by TFTP. */
export const nodePath = ({ mac, part }: NodeFile): string => `node/${mac.replaceAll(':', '-')}/${part}`;

/** What a path means, in whichever folder it is asked for: U-Boot puts that of its boot file before every path. */
export function nodeFile(path: string): NodeFile | undefined {
  const [, name = '', part] = /(?:^|\/)node\/([0-9a-f-]{17})\/(kernel|initrds)$/.exec(path) ?? [];
  const mac = parseMac(name);
  return mac !== undefined && (part === 'kernel' || part === 'initrds') ? { mac, part } : undefined;
}

/** Bytes of a file among several that are sent as one. */
export interface Piece {
  readonly index: number;
  /** Where they stand in that file. */
  readonly from: number;
  readonly to: number;
  /** Where they stand in what was asked for. */
  readonly at: number;
}

/** Linux looks for the next archive at a multiple of four, behind zeros (init/initramfs.c). */
const aligned = (size: number): number => Math.ceil(size / 4) * 4;

/** Bytes of archives of these sizes, one behind the other. */
export const sizeTogether = (sizes: readonly number[]): number => sizes.reduce((sum, size) => aligned(sum) + size, 0);

/** The pieces that bytes `from` up to, not including, `to` of them are made of; what lies between is zero. */
export function piecesTogether(sizes: readonly number[], from: number, to: number): Piece[] {
  let start = 0;
  return sizes.flatMap((size, index) => {
    const [first, last] = [Math.max(from, start), Math.min(to, start + size)];
    const piece = { index, from: first - start, to: last - start, at: first - from };
    start = aligned(start + size);
    return first < last ? [piece] : [];
  });
}
