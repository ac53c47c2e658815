import { DecodeError } from '../net/bytes.ts';

/**
 * Which layers with further packages a drive holds: `boot/packages/index`. A text of lines, since stage 1 reads it with a shell on
 * the host that boots from the drive; the others are told what they need with their facts.
 */
export interface PackageIndex {
  /** Says which release the layers were made for: each holds what the root of that one lacks. */
  readonly root: string;
  readonly layers: readonly PackageLayer[];
}

export interface PackageLayer {
  /** The package that was asked for; the layer holds all that it needs too. */
  readonly name: string;
  /** Below `boot/packages/`. */
  readonly file: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

export const EMPTY_INDEX: PackageIndex = { root: '', layers: [] };
const HEAD = 'pxen-packages 1';

export const packageIndexText = ({ root, layers }: PackageIndex): string =>
  [HEAD, `root ${root}`, ...layers.map(layerLine), 'end', ''].join('\n');

/** A layer as stage 1 reads it (`image/stage1/steps/packages.sh`). */
export const layerLine = ({ name, file, size, sha256 }: PackageLayer): string =>
  `layer ${name} ${file} ${size} ${sha256}`;

/** Throws DecodeError naming the line that is not as it should be. */
export function parsePackageIndex(text: string): PackageIndex {
  const [head, second = '', ...rest] = text.split('\n');
  if (head !== HEAD) throw new DecodeError(`line 1: ${JSON.stringify((head ?? '').slice(0, 80))} is not "${HEAD}"`);
  const root = /^root ([0-9a-f]{64})$/.exec(second)?.[1];
  if (root === undefined) throw new DecodeError('line 2: the root that the layers are for is missing');
  if (rest.at(-2) !== 'end' || rest.at(-1) !== '') throw new DecodeError('the list of layers ends too early');
  return { root, layers: rest.slice(0, -2).map((line, index) => layerOf(line, index + 3)) };
}

function layerOf(line: string, number: number): PackageLayer {
  const [, name, file, size, sha256] =
    /^layer ([a-z0-9][a-z0-9+.-]+) ([a-z0-9][a-z0-9+.-]+\.squashfs) (\d{1,10}) ([0-9a-f]{64})$/.exec(line) ?? [];
  if (name === undefined || file === undefined || sha256 === undefined)
    throw new DecodeError(`line ${number}: ${JSON.stringify(line.slice(0, 80))} is no layer`);
  return { name, file, size: Number(size), sha256 };
}

/** Those of the packages that are wanted, in their order, and what is missing. */
export function layersFor(
  { layers }: PackageIndex,
  wanted: readonly string[],
): { readonly found: readonly PackageLayer[]; readonly missing: readonly string[] } {
  const of = (name: string): PackageLayer | undefined => layers.find((layer) => layer.name === name);
  return {
    found: wanted.flatMap((name) => of(name) ?? []),
    missing: wanted.filter((name) => of(name) === undefined),
  };
}
