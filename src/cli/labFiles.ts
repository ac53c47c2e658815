import { availableParallelism, totalmem } from 'node:os';
import { basename } from 'node:path';
import type { Order, TestFile } from './nodeTests.ts';

/** Bytes of memory for a machine of the lab, and for what runs beside it. */
const MEMORY = 4 * 2 ** 30;

/**
 * The files of the ring `lab` in the order in which they begin, with the processors that they keep busy: machines that boot one after
 * the other count once. The first file builds what the others boot from, and runs alone. Then those come that nothing fits beside, and
 * of the others the longest first.
 */
const FILES = new Map([
  ['drive', Infinity],
  ['boot', 2],
  ['firmware-uefi', 2],
  ['firmware-bios', 2],
  ['firmware-proxy', 2],
  ['firmware-loaders', 2],
  ['firmware-arm64', 2],
  ['build', 2],
  ['drive-replace', 1],
  ['settings', 1],
  ['boot-pulled', 1],
  ['firmware-secure', 1],
  ['powerCut', 1],
  ['ownBlock', 1],
  ['vfat', 1],
  ['boot-alone', 1],
  ['refusals', 1],
  ['rack', 1],
  ['stage1', 1],
  ['build-drive', 1],
]);

/** Files of the lab, as many at the same time as this machine has processors and memory for. One that is not listed comes last and alone. */
export function asMachinesFit(paths: readonly string[]): Order {
  const names = [...FILES.keys()];
  const place = ({ path }: TestFile): number => (FILES.has(nameOf(path)) ? names.indexOf(nameOf(path)) : names.length);
  const room = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / MEMORY)));
  const files = paths.map((path) => ({ path, load: Math.min(FILES.get(nameOf(path)) ?? room, room) }));
  return { files: files.toSorted((a, b) => place(a) - place(b)), room };
}

const nameOf = (path: string): string => basename(path, '.test.ts');
