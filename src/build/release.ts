import { createHash } from 'node:crypto';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { heaviestMicrocode } from '../core/boot/microcode.ts';
import { CHUNK, manifestText, type Manifest, type ManifestFile } from '../core/image/manifest.ts';
import { wireBytes } from '../core/image/weight.ts';
import { Failure } from '../shell/fail.ts';
import type { Piece, Plan } from './cache.ts';
import { readRecord } from './record.ts';

/** A file of a piece. */
interface Source {
  readonly piece: Piece;
  readonly file: string;
}

/** Where each file of a release comes from, by its name in the release. */
export type Sources = Readonly<Record<string, Source>>;

/** Files whose chunks stand in the manifest, so that a damaged chunk can be fetched alone. */
const CHUNKED = /\.squashfs$/;
const VERSION = '0.1.0';

export interface Described {
  readonly manifest: Manifest;
  readonly text: string;
  /** SHA-256 of the manifest. */
  readonly sha256: string;
  /** Bytes that travel to a host until it is ready. */
  readonly wire: number;
}

/** The manifest of the files as they are now. Its id is a function of their content. */
export async function describeRelease(sources: Sources): Promise<Described> {
  const files = await Promise.all(Object.entries(sources).map(([name, source]) => describe(name, source)));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const id = `${VERSION}-${sha256(contentLines(files).join('\n')).slice(0, 10)}`;
  const manifest = { release: id, files };
  const text = manifestText(manifest);
  return { manifest, text, sha256: sha256(text), wire: wireBytes(files, await microcodeBytes(sources)) };
}

/** The boot server gives each processor its own updates; the largest share is what counts. */
async function microcodeBytes(sources: Sources): Promise<number> {
  const intel = sources['microcode-intel'];
  return intel === undefined ? 0 : heaviestMicrocode(await readFile(join(intel.piece.folder, intel.file)));
}

const contentLines = (files: readonly ManifestFile[]): string[] =>
  files.map(({ name, sha256 }) => `file ${name} ${sha256}`);

/** A release: all files of the image under their names, and the manifest that vouches for them. */
export function releasePlan(sources: Sources, { manifest, text }: Described): Plan {
  return {
    name: 'release',
    inputs: [`release ${manifest.release}`, ...contentLines(manifest.files)],
    room: 0.3e9,
    make: async (fresh) => {
      for (const [name, { piece, file }] of Object.entries(sources)) {
        await mkdir(dirname(join(fresh, name)), { recursive: true });
        await link(join(piece.folder, file), join(fresh, name));
      }
      await writeFile(join(fresh, 'manifest'), text);
    },
  };
}

/** Refuses bytes that are not those which were built: a release of a damaged piece would look like any other. */
async function describe(name: string, { piece, file }: Source): Promise<ManifestFile> {
  const bytes = await readFile(join(piece.folder, file));
  const whole = sha256(bytes);
  if ((await readRecord(piece.folder))?.get(file)?.sha256 !== whole) {
    const sentence = `${file} in the cache is damaged: its content is not what was built`;
    throw new Failure(sentence, `Remove ${piece.folder} and try again: it is then built anew.`);
  }
  return { name, size: bytes.length, sha256: whole, chunks: CHUNKED.test(name) ? chunkHashes(bytes) : [] };
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function chunkHashes(bytes: Uint8Array): string[] {
  const count = Math.ceil(bytes.length / CHUNK);
  return Array.from({ length: count }, (_, index) => sha256(bytes.subarray(index * CHUNK, (index + 1) * CHUNK)));
}
