import type { Verb } from './call.ts';
import { json } from './options.ts';

const DRIVE = { value: 'DEVICE', meaning: 'device, image or folder of the drive; on a host, the one it booted from' };
const ERASE = { meaning: 'erase what is there without asking' };

/** The verbs that are about drives. */
export const DRIVE_VERBS: readonly Verb[] = [
  {
    name: 'drive build',
    summary: 'build the image of a drive',
    options: {
      output: { value: 'FILE', meaning: 'put a copy of the image there' },
      cluster: { value: 'FILE', meaning: 'with this cluster.yaml on it, and the packages that it asks for' },
    },
    load: () => import('./driveBuild.ts'),
  },
  {
    name: 'drive packages',
    summary: 'make the packages that the cluster.yaml of a drive asks for, and put them there',
    usage: 'DIR',
    most: 1,
    load: () => import('./drivePackages.ts'),
  },
  {
    name: 'drive check',
    summary: 'verify all that is on a drive, or on the image of one',
    usage: 'DEVICE|IMAGE',
    most: 1,
    options: { json },
    load: () => import('./driveCheck.ts'),
  },
  {
    name: 'drive write',
    summary: 'write the drive to a stick, and read it back',
    usage: 'DEVICE',
    most: 1,
    options: {
      image: { value: 'FILE', meaning: 'this image of a drive, not the one built here' },
      yes: ERASE,
      cluster: { value: 'FILE', meaning: 'with this cluster.yaml on it, and the packages that it asks for' },
      force: { meaning: 'also to a fixed disk, a file, or over the drive of a cluster' },
    },
    load: () => import('./driveWrite.ts'),
  },
  {
    name: 'drive history',
    summary: 'who changed what a drive remembers, when, and how; and its boots',
    options: { drive: DRIVE, json },
    load: () => import('./driveHistory.ts'),
  },
  {
    name: 'drive replace',
    summary: 'make a new drive of this cluster from what host0 has in memory; the one before it is void',
    usage: 'DEVICE',
    most: 1,
    options: {
      from: { value: 'DIR', meaning: 'from this folder laid out like a drive, not from what host0 has in memory' },
      'as-it-is': {
        meaning: 'even where what is in memory is not what a drive should hold, such as a grub.cfg of your own',
      },
      yes: ERASE,
      force: { meaning: 'also to a fixed disk, a file, or over the drive of a cluster' },
      json,
    },
    load: () => import('./driveReplace.ts'),
  },
  {
    name: 'drive export',
    summary: 'keep all that a drive remembers, with the key of its cluster, in one signed file',
    usage: 'FILE',
    most: 1,
    options: { drive: DRIVE, secrets: { value: 'FILE', meaning: 'put this secrets.yaml into it as well' } },
    load: () => import('./driveExport.ts'),
  },
  {
    name: 'drive import',
    summary: 'give a drive what another one remembered',
    usage: 'FILE',
    most: 1,
    options: {
      drive: DRIVE,
      force: { meaning: 'also over the state of another cluster, or newer state' },
      secrets: { value: 'FILE', meaning: 'write the secrets.yaml that is in it there' },
    },
    load: () => import('./driveImport.ts'),
  },
];
