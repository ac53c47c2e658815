import type { Disk, Sha256 } from '../disk.ts';
import { GRUBENV, RELEASES } from '../layout.ts';
import { Content } from './content.ts';
import { openFileSystem } from './fileSystem.ts';
import { ANEW, type Find, type Finding } from './finding.ts';
import { checkPackages } from './packages.ts';
import { checkReleases, type CheckedRelease } from './releases.ts';
import { checkCluster, checkLoaders, checkSlots } from './rest.ts';
import { readStart } from './start.ts';

export type DriveReport =
  | { readonly kind: 'stranger'; readonly why: string }
  | {
      readonly kind: 'drive';
      /** FAT volume id, `XXXX-XXXX`. */
      readonly volume: string;
      /** The cluster's name; undefined where `cluster.yaml` cannot be read. */
      readonly cluster: string | undefined;
      /** Some cluster has written its state. */
      readonly used: boolean;
      readonly releases: readonly CheckedRelease[];
      readonly findings: readonly Finding[];
    };

/** Checks all that is on a drive, in the order in which a machine that boots from it needs it. */
export async function checkDrive(disk: Disk, sha256: Sha256, tell: (path: string) => void): Promise<DriveReport> {
  const findings: Finding[] = [];
  const find: Find = (where, what, remedy = ANEW) => findings.push({ where, what, remedy });
  const start = await readStart(disk, find);
  if (start.partition === undefined) return { kind: 'stranger', why: start.why };
  const system = await openFileSystem(disk, start.partition, find);
  if (system === undefined) {
    if (start.bios === undefined)
      return { kind: 'stranger', why: 'its partition holds no FAT32, and GRUB is not before it' };
    return { kind: 'drive', volume: '', cluster: undefined, used: false, releases: [], findings };
  }
  const content = new Content(system.volume, system.files, sha256, tell);
  const isOurs = content.files.some(({ path }) => [GRUBENV, RELEASES].includes(path.toLowerCase()));
  if (!isOurs) return { kind: 'stranger', why: `it has neither ${GRUBENV} nor ${RELEASES}` };
  await checkLoaders(content, start.bios, sha256, find);
  const releases = await checkReleases(content, find);
  await checkPackages(content, find);
  const cluster = await checkCluster(content, find);
  const used = await checkSlots(content, find);
  return { kind: 'drive', volume: system.volume.geometry.volume, cluster, used, releases, findings };
}
