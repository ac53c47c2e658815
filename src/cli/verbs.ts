import type { Verb } from './call.ts';

const DRIVE = { value: 'DEVICE', meaning: 'device, image or folder of the drive; on a host, the one it booted from' };
const json = { meaning: 'as JSON, for programs' };
/** Of the verbs that ask a boot server. */
const server = {
  server: { value: 'URL', meaning: 'the boot server to ask, such as 10.1.2.3; on a host, the one it booted from' },
  ca: { value: 'FILE', meaning: 'the certificate of its authority, PEM' },
  fingerprint: {
    value: 'SHA256:...',
    meaning: 'what host0 shows on its console; else what the server had the last time',
  },
};
/** Of the verbs that are about cluster.yaml. */
const onFile = {
  json,
  file: {
    value: 'FILE',
    meaning: 'this file, or that of a folder laid out like a drive (on host0 the one of its drive)',
  },
};

/** What pxen can do. A verb's own file is loaded only when it is called, so that a host's programs start fast. */
export const VERBS: readonly Verb[] = [
  {
    name: 'serve',
    summary: 'the boot server on this machine, from a folder laid out like a drive',
    usage: '[DIR]',
    most: 1,
    options: {
      init: { meaning: 'make such a folder, and end' },
      interface: { value: 'NAME', repeats: true, meaning: 'serve there and nowhere else; may be repeated' },
      address: { value: 'ADDRESS', repeats: true, meaning: 'serve from this address of the machine; may be repeated' },
      release: { value: 'ID', meaning: 'this release of pxen, not the one that the folder calls current' },
      journal: { value: 'FILE', meaning: 'keep the leases there (DIR/state/leases)' },
      'http-port': { value: 'N', least: 1, meaning: 'port of boot HTTP (80)' },
      'https-port': { value: 'N', least: 1, meaning: 'port of HTTPS (443)' },
      'no-https': { meaning: 'no HTTPS; its key is made in DIR/keys otherwise' },
      'tls-cert': { value: 'FILE', meaning: 'your own certificate chain, PEM; with --tls-key' },
      'tls-key': { value: 'FILE', meaning: 'its RSA key, PEM' },
      verbose: { meaning: 'tell also what is of no account' },
      json: { meaning: 'tell each message as a JSON object in a line, for programs' },
    },
    load: () => import('./serve.ts'),
  },
  {
    name: 'lab',
    summary: 'build image and drive, boot a virtual rack from them and watch it',
    options: {
      once: { meaning: 'end when the scenario has ended' },
      headless: { meaning: 'nobody watches: plain lines, no keys' },
      json: { value: 'FILE', meaning: 'write the result there' },
      picture: { value: 'FILE', meaning: 'draw what was printed there (with --headless)' },
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
    summary: 'show every mistake in a cluster.yaml; with a folder, also what is missing in it',
    usage: '[DIR|FILE]',
    most: 1,
    options: {
      json,
      explain: { value: 'HOST', meaning: 'show every value in force for this host, and where in the file it stands' },
    },
    load: () => import('./check.ts'),
  },
  { name: 'host list', summary: 'the hosts of cluster.yaml', options: onFile, load: () => import('./hostList.ts') },
  {
    name: 'host show',
    summary: 'every value in force for a host, where in cluster.yaml it stands, and what the host has of it',
    usage: 'NAME',
    most: 1,
    options: {
      ...onFile,
      ...server,
    },
    load: () => import('./hostShow.ts'),
  },
  {
    name: 'host set',
    summary: 'change a host in cluster.yaml, or add one; KEY= takes a key away',
    usage: 'NAME KEY=VALUE...',
    most: 40,
    options: onFile,
    load: () => import('./hostSet.ts'),
  },
  {
    name: 'host forget',
    summary: 'take a host out of cluster.yaml',
    usage: 'NAME',
    most: 1,
    options: onFile,
    load: () => import('./hostForget.ts'),
  },
  {
    name: 'config edit',
    summary: 'edit cluster.yaml; it is replaced only by a file without mistakes',
    options: onFile,
    load: () => import('./configEdit.ts'),
  },
  {
    name: 'config diff',
    summary: 'what differs between cluster.yaml after a change (the last one) and now',
    usage: '[N]',
    most: 1,
    options: onFile,
    load: () => import('./configDiff.ts'),
  },
  {
    name: 'config history',
    summary: 'who changed cluster.yaml when, and how',
    options: onFile,
    load: () => import('./configHistory.ts'),
  },
  {
    name: 'config migrate',
    summary: 'bring a cluster.yaml of an older version to that of this pxen',
    options: onFile,
    load: () => import('./configMigrate.ts'),
  },
  {
    name: 'config restore',
    summary: 'put back cluster.yaml as a change left it',
    usage: 'N',
    most: 1,
    options: onFile,
    load: () => import('./configRestore.ts'),
  },
  {
    name: 'status',
    summary: 'how the cluster is: hosts, VMs, warnings',
    options: {
      json,
      ...server,
    },
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
      cluster: { value: 'FILE', meaning: 'with this cluster.yaml on it, and the packages that it asks for' },
      force: { meaning: 'also to a fixed disk, a file, or over the drive of a cluster' },
    },
    load: () => import('./driveWrite.ts'),
  },
  {
    name: 'drive export',
    summary: 'keep all that a drive remembers, with the key of its cluster, in one signed file',
    usage: 'FILE',
    most: 1,
    options: { drive: DRIVE },
    load: () => import('./driveExport.ts'),
  },
  {
    name: 'drive import',
    summary: 'give a drive what another one remembered',
    usage: 'FILE',
    most: 1,
    options: { drive: DRIVE, force: { meaning: 'also over the state of another cluster, or newer state' } },
    load: () => import('./driveImport.ts'),
  },
  { name: 'host0', summary: 'the boot server of a cluster, on its host', raw: true, load: () => import('./host0.ts') },
  { name: 'agent', summary: 'the program that runs on every host', raw: true, load: () => import('./agent.ts') },
];
