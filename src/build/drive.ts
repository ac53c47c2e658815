import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LINUX_ARGS, XEN_ARGS } from '../core/boot/arguments.ts';
import { piece, type Tell } from './cache.ts';
import { hashLines } from './inputs.ts';
import type { BuiltImage } from './main.ts';
import { CHECKOUT } from './paths.ts';

/** Room for the current release, the one before it and the next one while it is written. */
const BYTES = 768 * 2 ** 20;
/** Slots for the machine's state, made once and then only rewritten in place (docs/rules.md, rule 5). */
const SLOT_BYTES = 2 ** 20;
const SLOTS = ['a.bin', 'b.bin'];
/** GRUB's environment block: exactly 1,024 bytes, filled with `#` (GRUB manual, "The GRUB environment block"). */
const GRUBENV_BYTES = 1024;
const DRIVE_FILES = join(CHECKOUT, 'image', 'drive');
const SCRIPTS = join(CHECKOUT, 'image', 'build');

/** The raw image of a drive: boots by BIOS and UEFI from the same bytes. */
export async function driveImage(image: BuiltImage, tell: Tell): Promise<{ path: string; bytes: number }> {
  const scripts = (await hashLines(SCRIPTS)).filter((line) => line.startsWith('file drive.sh '));
  const inputs = [
    `release ${image.release} ${image.sha256}`,
    `tools ${image.tools.key}`,
    `arguments ${[...XEN_ARGS, '--', ...LINUX_ARGS].join(' ')}`,
    `bytes ${BYTES}`,
    ...scripts,
    ...(await hashLines(DRIVE_FILES, 'image/drive/')),
  ];
  const { folder } = await piece('drive', inputs, tell, async (fresh) => {
    await layout(join(fresh, 'layout'), image);
    const mounts = { out: fresh, [image.release]: image.folder, scripts: SCRIPTS };
    const serial = image.sha256.slice(0, 8);
    await image.tools.run(['/work/scripts/drive.sh', '/work/out', `/work/${image.release}`, String(BYTES), serial], mounts);
  });
  const path = join(folder, 'drive.img');
  return { path, bytes: (await stat(path)).size };
}

async function layout(folder: string, image: BuiltImage): Promise<void> {
  for (const name of ['boot/grub', 'boot/releases', 'state']) await mkdir(join(folder, name), { recursive: true });
  const grub = await readFile(join(DRIVE_FILES, 'grub.cfg'), 'utf8');
  const filled = grub.replace('@XEN_ARGS@', XEN_ARGS.join(' ')).replace('@LINUX_ARGS@', LINUX_ARGS.join(' '));
  await writeFile(join(folder, 'boot/grub/grub.cfg'), filled);
  await writeFile(join(folder, 'boot/grubenv'), grubEnvironment({ current: image.release, current_manifest: image.sha256 }));
  for (const slot of SLOTS) await writeFile(join(folder, 'state', slot), new Uint8Array(SLOT_BYTES));
  for (const name of ['README.txt', 'cluster.yaml']) {
    // Windows' Notepad of old shows one long line without carriage returns.
    const text = await readFile(join(DRIVE_FILES, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll('\n', '\r\n'));
  }
}

function grubEnvironment(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  return `# GRUB Environment Block\n${lines.join('')}`.padEnd(GRUBENV_BYTES, '#');
}
