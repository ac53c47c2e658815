import { DecodeError } from '../net/bytes.ts';

/**
 * The manifest of a release: every file of it with size and SHA-256, and the hashes of the root's chunks. A text of
 * lines, since the initrd reads it with a shell. Its own SHA-256 is what the boot vouches for.
 */
export interface Manifest {
  readonly release: string;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  /** Path below the release's folder, with `/`. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  /** SHA-256 of each chunk of CHUNK bytes, the last one shorter; empty for files that are only fetched whole. */
  readonly chunks: readonly string[];
}

export const CHUNK = 2 ** 20;
const HEAD = 'pxen-manifest 1';

export function manifestText(manifest: Manifest): string {
  const lines = manifest.files.flatMap((file) => [
    `file ${file.name} ${file.size} ${file.sha256}`,
    ...file.chunks.map((hash, index) => `chunk ${file.name} ${index} ${hash}`),
  ]);
  return [HEAD, `release ${manifest.release}`, ...lines, 'end', ''].join('\n');
}

/** Reads a manifest; throws DecodeError naming the line for anything that is not exactly one. */
export function parseManifest(text: string): Manifest {
  const lines = text.split('\n');
  if (lines[0] !== HEAD) throw new DecodeError(`line 1: ${JSON.stringify(lines[0])} is not "${HEAD}"`);
  if (lines.at(-2) !== 'end' || lines.at(-1) !== '') throw new DecodeError('the manifest ends too early');
  const release = /^release ([\w.-]+)$/.exec(lines[1] ?? '')?.[1];
  if (release === undefined) throw new DecodeError('line 2: the release is missing');
  const files: (ManifestFile & { chunks: string[] })[] = [];
  lines.slice(2, -2).forEach((line, index) => readLine(line, index + 3, files));
  return { release, files };
}

function readLine(line: string, number: number, files: (ManifestFile & { chunks: string[] })[]): void {
  const file = /^file ([\w./-]+) (\d+) ([0-9a-f]{64})$/.exec(line);
  if (file) {
    files.push({ name: file[1] ?? '', size: Number(file[2]), sha256: file[3] ?? '', chunks: [] });
    return;
  }
  const chunk = /^chunk ([\w./-]+) (\d+) ([0-9a-f]{64})$/.exec(line);
  const last = files.at(-1);
  if (!chunk || last?.name !== chunk[1] || last?.chunks.length !== Number(chunk[2])) {
    throw new DecodeError(`line ${number}: ${JSON.stringify(line.slice(0, 80))} is neither a file nor its next chunk`);
  }
  last.chunks.push(chunk[3] ?? '');
}
