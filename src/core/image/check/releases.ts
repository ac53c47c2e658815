import { parseGrubenv } from '../../boot/grubenv.ts';
import { DecodeError } from '../../net/bytes.ts';
import { cString } from '../../net/text.ts';
import type { Found } from '../fat/volume.ts';
import { GRUBENV, GRUBENV_BYTES, RELEASES } from '../layout.ts';
import { parseManifest, type ManifestFile } from '../manifest.ts';
import type { Content } from './content.ts';
import type { Find } from './finding.ts';

export interface CheckedRelease {
  readonly id: string;
  readonly role: 'current' | 'previous' | 'spare';
  /** SHA-256 of its manifest; empty where it has none. */
  readonly manifest: string;
  readonly files: number;
  readonly bytes: number;
}

/** Every release of the drive, against its manifest; the manifests of current and previous against `boot/grubenv`. */
export async function checkReleases(content: Content, find: Find): Promise<CheckedRelease[]> {
  const named = await readNames(content, find);
  const ids = content.files.filter(isRelease).map(({ name }) => name);
  for (const [role, id] of named.ids) {
    if (!ids.includes(id)) find(`${RELEASES}/${id}`, `the ${role} release is not there`);
  }
  const checked: CheckedRelease[] = [];
  for (const id of ids.sort()) {
    const role = [...named.ids].find(([, name]) => name === id)?.[0] ?? 'spare';
    checked.push(await checkRelease(content, id, role, named.hashes.get(role), find));
  }
  return checked;
}

const isRelease = ({ kind, path, name }: Found): boolean => kind === 'folder' && path === `${RELEASES}/${name}`;

interface Names {
  readonly ids: ReadonlyMap<'current' | 'previous', string>;
  readonly hashes: ReadonlyMap<string, string>;
}

async function readNames(content: Content, find: Find): Promise<Names> {
  const bytes = await content.bytes(GRUBENV, find);
  const ids = new Map<'current' | 'previous', string>();
  const hashes = new Map<string, string>();
  if (bytes === undefined) return { ids, hashes };
  if (bytes.length !== GRUBENV_BYTES) find(GRUBENV, `it has ${bytes.length} bytes instead of ${GRUBENV_BYTES}`);
  const values = parseGrubenv(cString(bytes));
  for (const role of ['current', 'previous'] as const) {
    const id = values.get(role);
    if (id === undefined || id === '') continue;
    ids.set(role, id);
    hashes.set(role, values.get(`${role}_manifest`) ?? '');
  }
  if (!ids.has('current')) find(GRUBENV, 'it names no current release: nothing starts from this drive');
  return { ids, hashes };
}

async function checkRelease(
  content: Content,
  id: string,
  role: CheckedRelease['role'],
  wanted: string | undefined,
  find: Find,
): Promise<CheckedRelease> {
  const path = `${RELEASES}/${id}/manifest`;
  const none = { id, role, manifest: '', files: 0, bytes: 0 };
  const [bytes, manifest] = [await content.bytes(path, find), await content.sha256(path, find)];
  if (bytes === undefined || manifest === undefined) return none;
  if (wanted !== undefined && wanted !== manifest) find(path, `it is not the one that ${GRUBENV} vouches for`);
  try {
    const { release, files } = parseManifest(cString(bytes));
    if (release !== id) find(path, `it is the manifest of ${release}`);
    for (const file of files) await checkFile(content, `${RELEASES}/${id}/${file.name}`, file, find);
    return { id, role, manifest, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    find(path, `it cannot be read: ${error.message}`);
    return { ...none, manifest };
  }
}

async function checkFile(content: Content, path: string, { size, sha256 }: ManifestFile, find: Find): Promise<void> {
  const found = content.file(path);
  if (found === undefined) find(path, 'it is missing');
  else if (found.size !== size) find(path, `it has ${found.size} bytes instead of ${size}`);
  else {
    const seen = await content.sha256(path, find);
    if (seen !== undefined && seen !== sha256)
      find(path, 'its content is damaged: its SHA-256 is not the one of the manifest');
  }
}
