import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Purpose } from '../shell/packages.ts';
import { CHECKOUT, checks } from './checks.ts';
import { asMachinesFit } from './labFiles.ts';
import { runTests, type Order } from './nodeTests.ts';
import type { Tally } from './tally.ts';

/** `ending`: the person has had enough. */
type Work = (tally: Tally, ending: AbortSignal) => Promise<void>;

export interface Ring {
  readonly name: string;
  /** What the ring does; undefined where there is nothing to do. */
  readonly work: () => Promise<Work | undefined>;
  readonly needs?: readonly Purpose[];
  readonly onlyWhenAsked?: true;
}

const MINUTE = 60_000;

/** How the files of a ring share this machine. */
type Sharing = (paths: readonly string[]) => Order;

/** Each file keeps one processor busy, at most. */
const together: Sharing = (paths) => ({
  files: paths.map((path) => ({ path, load: 1 })),
  room: availableParallelism(),
});
const oneByOne: Sharing = (paths) => ({ files: paths.map((path) => ({ path, load: 1 })), room: 1 });

/** A ring of test files. `longest`: milliseconds until the ring is ended. */
function files(patterns: readonly string[], sharing: Sharing, longest: number): Ring['work'] {
  return async () => {
    const found = patterns.flatMap((pattern) => globSync(join(CHECKOUT, pattern))).toSorted();
    return found.length === 0 ? undefined : (tally, ending) => runTests(sharing(found), longest, tally, ending);
  };
}

const TYPES = ['tsconfig.core.json', 'tsconfig.web.json', 'tsconfig.json'];
const installed = (...command: string[]): string[] => [
  process.execPath,
  join(CHECKOUT, 'node_modules', '.bin', command[0] ?? ''),
  ...command.slice(1),
];

/** The rings, innermost and quickest first. */
export const RINGS: readonly Ring[] = [
  {
    name: 'types',
    work: async () => checks(TYPES.map((config) => ({ name: config, command: installed('tsc', '-p', config) }))),
  },
  {
    name: 'lint',
    work: async () => checks([{ name: 'oxlint', command: installed('oxlint', '--type-aware') }]),
  },
  {
    name: 'format',
    work: async () => checks([{ name: 'prettier', command: installed('prettier', '--check', '.') }]),
  },
  { name: 'house', work: files(['test/house/*.test.ts'], together, 10 * MINUTE) },
  {
    name: 'unit',
    work: files(['src/**/*.test.ts', 'lab/**/*.test.ts', 'bench/**/*.test.ts'], together, 20 * MINUTE),
    needs: ['lab'],
  },
  { name: 'conversations', work: files(['test/conversations/**/*.test.ts'], together, 20 * MINUTE) },
  { name: 'simulation', work: files(['test/simulation/**/*.test.ts'], together, 30 * MINUTE) },
  { name: 'interop', work: files(['test/interop/**/*.test.ts'], oneByOne, 30 * MINUTE), needs: ['interop'] },
  {
    name: 'lab',
    work: files(['test/lab/*.test.ts'], asMachinesFit, 120 * MINUTE),
    needs: ['lab', 'image', 'firmware'],
  },
  {
    name: 'lab-full',
    work: files(['test/lab-full/*.test.ts'], oneByOne, 600 * MINUTE),
    needs: ['lab', 'image', 'firmware'],
    onlyWhenAsked: true,
  },
];
