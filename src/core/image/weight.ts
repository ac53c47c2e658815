import { DecodeError } from '../net/bytes.ts';
import type { ManifestFile } from './manifest.ts';

/** What every host reads until it is ready: Xen, kernel, initrd and root. */
const WIRE: ReadonlySet<string> = new Set(['xen', 'vmlinuz', 'initrd', 'root.squashfs', 'pxen.squashfs']);

/** Wire bytes until a host is ready; `microcode` are the bytes of the processor that gets most. */
export function wireBytes(files: readonly Pick<ManifestFile, 'name' | 'size'>[], microcode: number): number {
  return files.filter(({ name }) => WIRE.has(name)).reduce((sum, { size }) => sum + size, microcode);
}

/** The first pattern that fits a path names its group. */
const GROUPS: readonly (readonly [name: string, paths: RegExp])[] = [
  ['kernel modules', /^usr\/lib\/modules\//],
  ['firmware', /^usr\/lib\/firmware\//],
  ['Node', /^usr\/bin\/node$/],
  ['Xen', /^usr\/(lib|share)\/xen|\/libxen[^/]*$|^usr\/sbin\/xl$/],
  [
    'systemd and udev',
    /^usr\/lib\/(systemd|udev)\/|\/(libsystemd|libudev)[^/]*$|^usr\/bin\/(systemd|journal|udev)[^/]*$/,
  ],
  ['libraries', /^usr\/lib\/x86_64-linux-gnu\//],
  ['programs', /^usr\/(s?bin|libexec)\//],
  ['settings', /^etc\//],
  ['other', /^/],
];

export interface Weight {
  readonly group: string;
  readonly files: number;
  /** Unpacked. */
  readonly bytes: number;
}

/** What a root consists of, the heaviest first, from what `unsquashfs -lls` prints of it. */
export function weights(listing: string): Weight[] {
  const sums = new Map<string, { files: number; bytes: number }>();
  for (const { path, size } of filesOf(listing)) {
    const group = GROUPS.find(([, paths]) => paths.test(path))?.[0] ?? '';
    const sum = sums.get(group) ?? { files: 0, bytes: 0 };
    sums.set(group, { files: sum.files + 1, bytes: sum.bytes + size });
  }
  return Array.from(sums, ([group, sum]) => ({ group, ...sum })).sort((a, b) => b.bytes - a.bytes);
}

/** `-rw-r--r-- root/root  1234 2026-01-01 00:00 squashfs-root/etc/fstab`; folders, links and devices weigh nothing. */
function filesOf(listing: string): { path: string; size: number }[] {
  const lines = listing.split('\n').filter((line) => line.startsWith('-'));
  return lines.map((line) => {
    const found = /^-\S+ \S+\s+(\d+) \S+ \S+ squashfs-root\/(.+)$/.exec(line);
    if (!found) throw new DecodeError(`unsquashfs printed ${JSON.stringify(line.slice(0, 80))}`);
    return { path: found[2] ?? '', size: Number(found[1]) };
  });
}
