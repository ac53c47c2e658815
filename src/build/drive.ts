import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LINUX_ARGS, XEN_ARGS } from '../core/boot/arguments.ts';
import { grubenvText } from '../core/boot/grubenv.ts';
import { ownBlockText } from '../core/boot/ownBlock.ts';
import { CLUSTER_FILE, DRIVE_BYTES, GRUBENV, OWN_BLOCK, SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import type { Plan } from './cache.ts';
import { hashLines } from './inputs.ts';
import { loadersForDrives, type BuiltLoader } from './loaders.ts';
import { CHECKOUT, SCRIPTS } from './paths.ts';
import type { Tools } from './tools.ts';

const DRIVE_FILES = join(CHECKOUT, 'image', 'drive');

/** The release that goes onto a drive. */
interface OnDrive {
  readonly release: string;
  /** SHA-256 of the manifest. */
  readonly sha256: string;
  readonly folder: string;
}

/** The raw image of a drive: boots by BIOS and UEFI from the same bytes. */
export async function drivePlan(image: OnDrive, tools: Tools): Promise<Plan> {
  const scripts = (await hashLines(SCRIPTS)).filter((line) => line.startsWith('file drive.sh '));
  const loaders = await loadersForDrives();
  const inputs = [
    `release ${image.release} ${image.sha256}`,
    `tools ${tools.key}`,
    `arguments ${[...XEN_ARGS, '--', ...LINUX_ARGS].join(' ')}`,
    `bytes ${DRIVE_BYTES}`,
    'block 1',
    ...loaders.map(({ file, sha256 }) => `loader ${file} ${sha256}`),
    ...scripts,
    ...(await hashLines(DRIVE_FILES, 'image/drive/')),
  ];
  const make = async (fresh: string): Promise<void> => {
    await layout(join(fresh, 'layout'), image);
    await layLoaders(fresh, loaders);
    const mounts = { out: fresh, [image.release]: image.folder, scripts: SCRIPTS };
    const words = ['/work/out', `/work/${image.release}`, String(DRIVE_BYTES), image.sha256.slice(0, 8)];
    await tools.run(['/work/scripts/drive.sh', ...words], mounts);
  };
  return { name: 'drive', inputs, room: 0.9e9, make };
}

/** Loaders that were built from source; the script adds their sums to those of Debian's. */
async function layLoaders(fresh: string, loaders: readonly BuiltLoader[]): Promise<void> {
  const folder = join(fresh, 'layout', 'boot', 'loaders');
  await mkdir(folder, { recursive: true });
  for (const { path, file } of loaders) await copyFile(path, join(folder, file));
  const sums = loaders.map(({ file, sha256 }) => `${sha256}  boot/loaders/${file}\n`);
  await writeFile(join(fresh, 'built-sums'), sums.join(''));
}

async function layout(folder: string, image: OnDrive): Promise<void> {
  for (const name of ['boot/grub', 'boot/releases', 'state']) await mkdir(join(folder, name), { recursive: true });
  const grub = await readFile(join(DRIVE_FILES, 'grub.cfg'), 'utf8');
  const filled = grub.replace('@XEN_ARGS@', XEN_ARGS.join(' ')).replace('@LINUX_ARGS@', LINUX_ARGS.join(' '));
  await writeFile(join(folder, 'boot/grub/grub.cfg'), filled);
  await writeFile(join(folder, OWN_BLOCK), ownBlockText(undefined, 'y'));
  await writeFile(join(folder, GRUBENV), grubenvText({ current: image.release, current_manifest: image.sha256 }));
  for (const slot of SLOTS) await writeFile(join(folder, slot), new Uint8Array(SLOT_BYTES));
  for (const name of ['README.txt', CLUSTER_FILE]) {
    // Windows' Notepad of old shows one long line without carriage returns.
    const text = await readFile(join(DRIVE_FILES, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll('\n', '\r\n'));
  }
}
