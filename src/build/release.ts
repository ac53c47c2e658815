import { createHash } from 'node:crypto';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CHUNK, manifestText, type Manifest, type ManifestFile } from '../core/image/manifest.ts';
import { piece, type Piece, type Tell } from './cache.ts';

/** Where each file of a release comes from, by its name in the release. */
export type Sources = Readonly<Record<string, string>>;

/** Files whose chunks stand in the manifest, so that a damaged chunk can be fetched alone. */
const CHUNKED = /\.squashfs$/;
const VERSION = '0.1.0';

/** A release: all files of the image under their names, and the manifest that vouches for them. */
export async function release(sources: Sources, tell: Tell): Promise<Piece & { manifest: Manifest; sha256: string }> {
  const files = await Promise.all(Object.entries(sources).map(([name, path]) => describe(name, path)));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = files.map((file) => `file ${file.name} ${file.sha256}`);
  const id = `${VERSION}-${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 10)}`;
  const manifest = { release: id, files };
  const text = manifestText(manifest);
  const made = await piece('release', [`release ${id}`, ...lines], tell, async (fresh) => {
    for (const [name, path] of Object.entries(sources)) {
      await mkdir(dirname(join(fresh, name)), { recursive: true });
      await link(path, join(fresh, name));
    }
    await writeFile(join(fresh, 'manifest'), text);
  });
  return { ...made, manifest, sha256: createHash('sha256').update(text).digest('hex') };
}

async function describe(name: string, path: string): Promise<ManifestFile> {
  const bytes = await readFile(path);
  return { name, size: bytes.length, sha256: sha256(bytes), chunks: CHUNKED.test(name) ? chunkHashes(bytes) : [] };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function chunkHashes(bytes: Uint8Array): string[] {
  const count = Math.ceil(bytes.length / CHUNK);
  return Array.from({ length: count }, (_, index) => sha256(bytes.subarray(index * CHUNK, (index + 1) * CHUNK)));
}
