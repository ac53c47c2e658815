import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskOf, tinyDrive } from '../../../../test/fixtures/tinyDrive.ts';
import { PARTITION_START } from '../layout.ts';
import { BOOT_SECTOR, readBootSector } from './bootSector.ts';
import { chain } from './chain.ts';
import { Volume } from './volume.ts';

const image = tinyDrive();
const open = (bytes: Uint8Array = image) => Volume.open(diskOf(bytes), PARTITION_START);
const whole = (path: string, why: string): never => assert.fail(`${path}: ${why}`);

test('every file and folder that mtools wrote is found, by its long name', async () => {
  const volume = await open();
  const paths = (await volume.tree(whole)).map(({ path }) => path).sort();
  assert.ok(paths.includes('EFI/BOOT/BOOTX64.EFI'));
  assert.ok(paths.includes('boot/releases/0.1.0-tiny/images/hello/initrd'));
  assert.ok(paths.includes('A long name, mixed Case – ümlaut.txt'), paths.join('\n'));
  assert.ok(paths.includes('README.txt'));
  assert.equal(volume.geometry.volume, '1234-ABCD');
});

test('files are read whole: empty, within a cluster, over several', async () => {
  const volume = await open();
  const files = new Map((await volume.tree(whole)).map((file) => [file.path, file]));
  const text = async (path: string): Promise<string> => {
    const file = files.get(`boot/releases/0.1.0-tiny/${path}`);
    assert.ok(file);
    return Buffer.from(await volume.bytes(file)).toString();
  };
  assert.equal(await text('empty'), '');
  assert.equal(await text('images/hello/initrd'), 'guest');
  assert.equal(await text('initrd'), 'i'.repeat(5000));
});

const sector = (): Buffer => Buffer.from(image.subarray(PARTITION_START, PARTITION_START + BOOT_SECTOR));

for (const [name, at, value, why] of [
  ['no mark', 510, 0, /55 AA/],
  ['senseless sectors', 12, 7, /a sector cannot have/],
  ['senseless clusters', 13, 3, /a cluster cannot have 3/],
  ['no FAT', 16, 0, /does not describe a FAT32/],
  ['clusters so large that few are left', 13, 128, /too few/],
  ['a FAT that is too small', 36, 1, /too small/],
] as const) {
  test(`a boot sector with ${name} is refused`, () => {
    const bytes = sector();
    if (at === 36) bytes.writeUInt32LE(value, at);
    else bytes[at] = value;
    assert.throws(() => readBootSector(bytes), why);
  });
}

test('any damaged byte of a boot sector decodes or throws a typed error', () => {
  for (let at = 0; at < BOOT_SECTOR; at++) {
    const bytes = sector();
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    try {
      readBootSector(bytes);
    } catch (error) {
      assert.equal((error as Error).name, 'DecodeError', `byte ${at}`);
    }
  }
});

test('neighbouring clusters become one run; circles and stray chains are refused', () => {
  const fat = (...next: number[]): Uint8Array => Buffer.from(Uint32Array.from([0, 0, ...next]).buffer);
  const end = 0x0fffffff;
  assert.deepEqual(chain(fat(3, 5, end, 4), 4, 2), [
    { first: 2, count: 2 },
    { first: 5, count: 1 },
    { first: 4, count: 1 },
  ]);
  assert.throws(() => chain(fat(3, 2), 2, 2), /circle/);
  assert.throws(() => chain(fat(9), 1, 2), /leads to cluster 9/);
  assert.throws(() => chain(fat(0), 1, 2), /leads to cluster 0/);
});
