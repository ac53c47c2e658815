import type { Cluster } from '../cluster/schema.ts';
import type { CpioEntry } from '../image/cpio.ts';
import { utf8 } from '../net/text.ts';

/** A file that cluster.yaml puts onto every host. */
export interface HostFile {
  /** From the host's root, with a leading `/`. */
  readonly path: string;
  readonly text: string;
}

/** What cluster.yaml puts onto a host: who may log in as root (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). */
export function hostFiles({ access: { sshKeys } }: Pick<Cluster, 'access'>): HostFile[] {
  if (sshKeys.length === 0) return [];
  return [{ path: '/root/.ssh/authorized_keys', text: sshKeys.map((key) => `${key}\n`).join('') }];
}

/** The files and their folders as stage 1 copies them from its initrd into the root. Nobody but root reads them. */
export function hostFileEntries(files: readonly HostFile[]): CpioEntry[] {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  return [
    ...[...folders].map((path) => ({ kind: 'directory', path: below(path), mode: 0o700 }) as const),
    ...files.map(({ path, text }) => ({ kind: 'file', path: below(path), mode: 0o600, bytes: utf8(text) }) as const),
  ];
}

const below = (path: string): string => `pxen/files${path}`;

/** `/a/b/c` lies in ``, `/a` and `/a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return ['', ...parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}
