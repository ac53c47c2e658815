import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskOf, tinyDrive } from '../../../../test/fixtures/tinyDrive.ts';
import { sha256 } from '../../../shell/disk.ts';
import { readBootSector } from '../fat/bootSector.ts';
import { PARTITION_START } from '../layout.ts';
import { checkDrive } from './drive.ts';

const check = (bytes: Uint8Array) => checkDrive(diskOf(bytes), sha256, () => undefined);
const geometry = readBootSector(tinyDrive().subarray(PARTITION_START, PARTITION_START + 512));

/** What is said about a drive after something was done to it: `where: what`. */
async function findings(damage: (drive: Buffer) => void): Promise<string[]> {
  const drive = tinyDrive();
  damage(drive);
  const report = await check(drive);
  assert.ok(report.kind === 'drive', 'why' in report ? report.why : '');
  for (const { remedy } of report.findings) assert.ok(remedy.length > 10);
  return report.findings.map(({ where, what }) => `${where}: ${what}`);
}

/** Replaces the first place of a text behind the FATs, in the same length. */
function replace(drive: Buffer, from: string, to: string): void {
  const at = drive.indexOf(from, PARTITION_START + geometry.data);
  assert.ok(at > 0, `${from} is not on the drive`);
  assert.equal(from.length, to.length);
  drive.write(to, at, 'latin1');
}

test('a whole drive is whole', async () => {
  const report = await check(tinyDrive());
  assert.ok(report.kind === 'drive');
  assert.deepEqual(report.findings, []);
  assert.deepEqual([report.volume, report.cluster, report.used], ['1234-ABCD', 'tiny', false]);
  const [release] = report.releases;
  assert.deepEqual([release?.id, release?.role, release?.files], ['0.1.0-tiny', 'current', 4]);
});

const DAMAGES: readonly (readonly [what: string, damage: (drive: Buffer) => void, says: RegExp])[] = [
  ['one byte of a file', (drive) => replace(drive, 'iiiii', 'iiIii'), /0-tiny\/initrd: its content is damaged/],
  ['the manifest', (drive) => replace(drive, 'pxen-manifest 1', 'pxen-manifest 2'), /manifest: it is not the one/],
  [
    'the name of the release',
    (drive) => replace(drive, 'current=0.1.0-tiny', 'current=0.1.0-tony'),
    /0.1.0-tony: the current/,
  ],
  ['grubenv', (drive) => replace(drive, 'current=', 'corrent='), /grubenv: it names no current release/],
  ['cluster.yaml', (drive) => replace(drive, 'name: tiny', 'nome: tiny'), /cluster.yaml:2:\d+: /],
  ['its encoding', (drive) => replace(drive, 'name: tiny', 'name: tin\xff'), /cluster.yaml: it is not text in UTF-8/],
  [
    'one FAT',
    (drive) =>
      void drive.fill(
        9,
        PARTITION_START + (geometry.fats[1] ?? 0) + 400,
        PARTITION_START + (geometry.fats[1] ?? 0) + 401,
      ),
    /FAT: its two copies differ, first in the entry of cluster 100/,
  ],
  [
    'the boot sector',
    (drive) => void drive.fill(0, PARTITION_START, PARTITION_START + 512),
    /FAT boot sector: it is damaged/,
  ],
  [
    'a byte of the boot sector',
    (drive) => void drive.fill(1, PARTITION_START + 3, PARTITION_START + 4),
    /FAT boot sector: it differs/,
  ],
  [
    'both boot sectors',
    (drive) => void drive.fill(0, PARTITION_START, PARTITION_START + 4096),
    /FAT boot sector: it is damaged/,
  ],
  ['GRUB in the first sector', (drive) => void drive.fill(0, 0, 440), /boot sector: it does not lead to GRUB/],
  ["GRUB's core", (drive) => void drive.fill(0, 1024, PARTITION_START), /boot sector: its code, or GRUB behind it/],
  ["a byte of GRUB's core", (drive) => void drive.fill(0xaa, 1500, 1501), /boot sector: its code, or GRUB behind it/],
  [
    'a byte of a loader',
    (drive) => replace(drive, 'boot/grub/grub.cfg', 'boot/grub/grub.cfh'),
    /grub.cfg: its content/,
  ],
  ['the sums', (drive) => replace(drive, '  bios', '  bias'), /sha256sums: it is damaged/],
  ['the active mark', (drive) => void drive.fill(0, 446, 447), /partition table: its partition is not active/],
  ['a loader', (drive) => replace(drive, 'SNPONL', 'SNPINL'), /snponly.efi: it is missing/],
  ['the size of a slot', (drive) => shorten(drive, 'A       BIN'), /a.bin: it has/],
];

/** Halves the size that a folder's entry (short name) tells. */
function shorten(drive: Buffer, name: string): void {
  const at = drive.indexOf(name, PARTITION_START + geometry.data);
  assert.ok(at > 0);
  drive.writeUInt32LE(drive.readUInt32LE(at + 28) / 2, at + 28);
}

for (const [what, damage, says] of DAMAGES) {
  test(`damage is seen: ${what}`, async () => {
    const found = await findings(damage);
    assert.ok(
      found.some((line) => says.test(line)),
      found.join('\n') || 'nothing was found',
    );
  });
}

test('a drive that is cut off is damaged, not misread', async () => {
  const whole = tinyDrive();
  // Within the first slot, behind all folders that mtools made before.
  const end = PARTITION_START + geometry.data + 2 ** 20;
  const report = await check(whole.subarray(0, end));
  assert.ok(report.kind === 'drive');
  const said = report.findings.map(({ where, what }) => `${where}: ${what}`).join('\n');
  assert.match(said, /file system: it is cut off/);
  assert.match(said, /b.bin: read past the end/);
});

test('state that a cluster has written is noticed', async () => {
  const drive = tinyDrive();
  const at = drive.indexOf('A       BIN', PARTITION_START + geometry.data);
  const cluster = drive.readUInt16LE(at + 26);
  drive[PARTITION_START + geometry.data + (cluster - 2) * geometry.cluster] = 1;
  const report = await check(drive);
  assert.ok(report.kind === 'drive' && report.used);
});

test('what is no drive of pxen is told from a damaged one', async () => {
  const strangers: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(4 * 2 ** 20), /no partition table/],
    [new Uint8Array(512), /only 512 bytes/],
    [
      (() => {
        const drive = tinyDrive();
        drive[450] = 0x83;
        return drive;
      })(),
      /of the types 83/,
    ],
  ];
  for (const [bytes, why] of strangers) {
    const report = await check(bytes);
    assert.ok(report.kind === 'stranger');
    assert.match(report.why, why);
  }
});
