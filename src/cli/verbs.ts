import type { Verb } from './call.ts';

const json = { meaning: 'as JSON, for programs' };

/** What pxen can do. A verb's own file is loaded only when it is called, so that a host's programs start fast. */
export const VERBS: readonly Verb[] = [
  {
    name: 'lab',
    summary: 'build image and drive, boot a virtual rack from them and watch it',
    options: {
      once: { meaning: 'end when the scenario has ended' },
      headless: { meaning: 'nobody watches: plain lines, no keys' },
      json: { value: 'FILE', meaning: 'write the result there' },
      keep: { meaning: 'leave disks, logs and captures behind' },
      hosts: { value: 'N', least: 1, meaning: 'machines in the rack (3)' },
      firmware: { value: 'KIND', choices: ['uefi', 'bios', 'mixed'], meaning: 'what the machines start with (mixed)' },
      scenario: {
        value: 'NAME',
        choices: ['once', 'drive-pulled', 'power-cut'],
        meaning: 'what happens to them (once)',
      },
      timeout: {
        value: 'SECONDS',
        least: 1,
        meaning: 'for the whole run, from the first power-on (600 with --once, else 3600)',
      },
    },
    load: () => import('./lab.ts'),
  },
  {
    name: 'test',
    summary: 'all checks and tests, or only those of the rings named',
    usage: '[RING...]',
    most: 20,
    options: { ring: { value: 'RING', meaning: 'only this ring; the only way to run lab-full' } },
    load: () => import('./test.ts'),
  },
  {
    name: 'bench',
    summary: 'measure beside peers in one run; without a name, list what there is',
    usage: '[boot|dhcp|tftp|http]',
    most: 1,
    options: {
      json: { value: 'FILE', meaning: 'write the figures there' },
      svg: { value: 'FILE', meaning: 'draw them there (not boot)' },
      quick: { meaning: 'a minute instead of ten, to see that it works; the figures claim nothing (not boot)' },
      rounds: { value: 'N', least: 1, meaning: 'boot: pairs of boots, taken in turn (3)' },
    },
    load: () => import('./bench.ts'),
  },
  {
    name: 'soak',
    summary: 'shower the boot server with bad input and boot whole racks in bad weather, in memory (1 minute)',
    options: {
      minutes: { value: 'N', least: 1, meaning: 'for so long' },
      rounds: { value: 'N', least: 1, meaning: 'so many rounds, of about a second each' },
      seed: { value: 'N', least: 0, meaning: 'of the first round; each round is made from its own seed alone (1)' },
      json: { value: 'FILE', meaning: 'write the report there' },
      replay: { value: 'FILE', meaning: 'only give a kept input back to what fell over it' },
    },
    load: () => import('./soak.ts'),
  },
  {
    name: 'check',
    summary: 'show every mistake in a cluster.yaml',
    usage: '[FILE]',
    most: 1,
    options: {
      json,
      explain: { value: 'HOST', meaning: 'show every value in force for this host, and where in the file it stands' },
    },
    load: () => import('./check.ts'),
  },
  {
    name: 'status',
    summary: 'how the cluster is: hosts, VMs, warnings',
    options: { json, server: { value: 'URL', meaning: 'the boot server to ask; on a host, the one it booted from' } },
    load: () => import('./status.ts'),
  },
  {
    name: 'image build',
    summary: 'build the image of a host from the lock, as far as it is not built yet',
    load: () => import('./imageBuild.ts'),
  },
  {
    name: 'image update',
    summary: 'resolve the packages anew and write the lock; shows what changed',
    load: () => import('./imageUpdate.ts'),
  },
  {
    name: 'image explain',
    summary: 'what the image is made of, and what each part weighs',
    options: { json },
    load: () => import('./imageExplain.ts'),
  },
  {
    name: 'drive build',
    summary: 'build the image of a drive',
    options: { output: { value: 'FILE', meaning: 'put a copy of the image there' } },
    load: () => import('./driveBuild.ts'),
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
      force: { meaning: 'also to a fixed disk, a file, or over the drive of a cluster' },
    },
    load: () => import('./driveWrite.ts'),
  },
  { name: 'host0', summary: 'the boot server of a cluster, on its host', raw: true, load: () => import('./host0.ts') },
  { name: 'agent', summary: 'the program that runs on every host', raw: true, load: () => import('./agent.ts') },
];
