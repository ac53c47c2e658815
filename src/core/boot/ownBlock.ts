import { sha256 } from '@noble/hashes/sha2.js';
import { OWN_BLOCK_BYTES } from '../image/layout.ts';
import { hex, utf8 } from '../net/text.ts';
import { swappedUuid } from '../identity/machine.ts';
import { GRUBENV_SIGNATURE, grubenvText, parseGrubenv } from './grubenv.ts';

/**
 * What the drive's loader gives the machine that boots from the drive: `boot/grub/host0.env`, a GRUB environment block that the
 * boot server writes and `image/drive/grub.cfg` reads (docs/decisions/0018-arguments-from-the-drive.md).
 */
export interface OwnBoot {
  /** UUID of the machine as its board has it; `any` for whichever machine boots. */
  readonly board: string;
  readonly xen: readonly string[];
  readonly linux: readonly string[];
  /** Names of package layers. */
  readonly layers: readonly string[];
}

/**
 * How far a block has come. `2` and `1`: so many times may the loader try it; it counts down before it starts Xen. `0`: tried in
 * vain, so the machine starts without it. `y`: the machine came up with it.
 */
type Trial = '2' | '1' | '0' | 'y';

/** What stands in a block. */
export interface OwnBlock {
  /** Of its content; the kernel's command line carries it where the block was used. Empty where nothing is set. */
  readonly id: string;
  /** The machine that it is for, as `OwnBoot` has it. */
  readonly board: string;
  readonly trial: Trial;
}

/** What no value of a block may hold: GRUB would take it for its own (GRUB manual, "Quoting"), or put a backslash before it. */
const NOT_FOR_GRUB = /[\\'"*?]/;
/** Characters of a command line: Xen keeps 1,023 (xen/common/kernel.c, `saved_cmdline`), Linux on x86 2,047; the loader adds some to the latter. */
const MOST = { xen: 1000, linux: 1800 } as const;

/** Why these cannot be given by the drive's loader; undefined where they can. */
export function whyNotOwn({ xen, linux, layers }: Omit<OwnBoot, 'board'>): string | undefined {
  const odd = [...xen, ...linux].find((argument) => NOT_FOR_GRUB.test(argument));
  if (odd !== undefined) return `the drive's loader cannot give ${odd}: it must have none of \\ ' " * ?`;
  if (xen.join(' ').length > MOST.xen) return `the arguments of Xen have more than ${MOST.xen} characters`;
  return [...linux, ...layers].join(' ').length > MOST.linux
    ? `the arguments of Linux have more than ${MOST.linux} characters`
    : undefined;
}

/** The id of what is to be given, whoever gets it. */
export const ownId = ({ xen, linux, layers }: OwnBoot): string =>
  hex(sha256(utf8([xen.join(' '), linux.join(' '), layers.join(',')].join('\n')))).slice(0, 8);

/**
 * A whole block: one that nobody has tried, or that the machine came up with. Its id stands at both ends, so that one of which
 * only a part was written counts as none.
 * `whyNotOwn` is asked first.
 */
export function ownBlockText(own: OwnBoot | undefined, trial: Trial): string {
  if (own === undefined) return grubenvText({}, OWN_BLOCK_BYTES);
  const board = own.board.toLowerCase();
  const id = ownId(own);
  const values = {
    own_id: id,
    own_trial: trial,
    own_board: board,
    own_swapped: swappedUuid(board),
    own_xen: own.xen.join(' '),
    own_linux: own.linux.join(' '),
    own_layers: own.layers.join(','),
    own_end: id,
  };
  return grubenvText(values, OWN_BLOCK_BYTES);
}

/** What stands in a block; undefined for what is none, or only a part of one. */
export function readOwnBlock(text: string): OwnBlock | undefined {
  const values = parseGrubenv(text);
  const of = (name: string): string => values.get(name) ?? '';
  const [id, end, trial, board] = [of('own_id'), of('own_end'), of('own_trial'), of('own_board')];
  if (!text.startsWith(GRUBENV_SIGNATURE) || text.length !== OWN_BLOCK_BYTES || id !== end) return undefined;
  if (id === '') return { id, board, trial: 'y' };
  return isTrial(trial) ? { id, board, trial } : undefined;
}

const isTrial = (text: string): text is Trial => /^[210y]$/.test(text);

/** What the kernel's command line says of it: the id of the block that was used, empty where none was. */
export const ownIdIn = (commandLine: string): string =>
  /(?:^|\s)pxen\.own=([0-9a-f]{8})(?:\s|$)/.exec(commandLine)?.[1] ?? '';
