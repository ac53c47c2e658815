import { parseManifest, type Manifest } from '../core/image/manifest.ts';
import { volumeAt } from '../core/discover/storage.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Identity } from './identify.ts';
import { PATHS, type Machine } from './machine.ts';
import type { StorageSeen } from './storage.ts';

/**
 * Copies what the boot server needs from the drive into RAM and checks it, so that the drive can be pulled. Files that
 * stage 1 has put there already are kept if they are whole. Other releases stay on the drive: RAM is dear.
 */
export async function copyDrive(machine: Machine, identity: Identity): Promise<Manifest> {
  const { run, files, log } = machine;
  if (identity.device === '') throw new Failure('stage 1 did not say where the drive is', 'Boot this host again.');
  await run(['mount', '--mkdir', '-t', 'vfat', '-o', 'ro,noatime,iocharset=ascii', identity.device, PATHS.mount]);
  try {
    const folder = `${PATHS.mount}/boot`;
    const wanted = (await files.tree(folder)).filter((file) => isServed(file, identity.release));
    const manifest = await readManifest(machine, identity, `${folder}/releases/${identity.release}/manifest`);
    for (const file of wanted) await copyFile(machine, file, hashIn(manifest, file));
    const bytes = manifest.files.reduce((sum, file) => sum + file.size, 0);
    log.say('AGENT_DRIVE_COPIED', { files: wanted.length, bytes });
    return manifest;
  } finally {
    await run(['umount', PATHS.mount]).catch((error: unknown) => {
      log.say('AGENT_TOOL_FAILED', { what: 'unmounting the drive', reason: sentenceOf(error) });
    });
  }
}

const isServed = (file: string, release: string): boolean =>
  !file.startsWith('releases/') || file.startsWith(`releases/${release}/`);

/** The manifest that the boot vouches for by its hash (docs/boot.md). */
async function readManifest({ files }: Machine, identity: Identity, file: string): Promise<Manifest> {
  const [text, sha256] = await Promise.all([files.read(file), files.sha256(file)]);
  if (text === undefined) throw new Failure(`the drive has no ${file}`, 'Check it with pxen drive check.');
  if (identity.manifest !== '' && sha256 !== identity.manifest) {
    throw new Failure(
      `the manifest on the drive is not the one this host was booted by`,
      'Check the drive with pxen drive check.',
    );
  }
  return parseManifest(text);
}

/** The SHA-256 that the manifest asks of a file below `boot/`; undefined for loaders and settings, which it does not list. */
const hashIn = (manifest: Manifest, file: string): string | undefined =>
  manifest.files.find((entry) => `releases/${manifest.release}/${entry.name}` === file)?.sha256;

async function copyFile({ files }: Machine, file: string, sha256: string | undefined): Promise<void> {
  const target = `${PATHS.drive}/boot/${file}`;
  if (sha256 !== undefined && (await files.sha256(target)) === sha256) return;
  await files.copy(`${PATHS.mount}/boot/${file}`, target);
  if (sha256 === undefined || (await files.sha256(target)) === sha256) return;
  await files.remove(target);
  throw new Failure(`boot/${file} on the drive is damaged`, 'Check it with pxen drive check, then write a new one.');
}

/** Notices that the drive was pulled or put back, and says so. (The host0 service looks by itself, for its status.) */
export class DriveWatch {
  readonly #machine: Machine;
  readonly #volume: string;
  #device: string | undefined;

  constructor(machine: Machine, identity: Identity) {
    this.#machine = machine;
    this.#volume = identity.volume;
  }

  /** To be called with every look at storage. */
  see(storage: StorageSeen | undefined): void {
    if (storage === undefined || this.#volume === '') return;
    const { log } = this.#machine;
    const device = volumeAt(storage.devices, this.#volume)?.path ?? '';
    if (device === this.#device) return;
    if (device === '') log.say('AGENT_DRIVE_PULLED');
    else if (this.#device === '') log.say('AGENT_DRIVE_BACK', { device });
    this.#device = device;
  }
}
