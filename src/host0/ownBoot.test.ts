import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../test/fixtures/cluster.ts';
import { ownBlockText, ownId, readOwnBlock, type OwnBoot } from '../core/boot/ownBlock.ts';
import { argumentsFor } from '../core/boot/machine.ts';
import { settingsFor } from '../core/cluster/settings.ts';
import { OWN_BLOCK, OWN_BLOCK_BYTES } from '../core/image/layout.ts';
import { packageIndexText } from '../core/image/packageIndex.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { fakeFiles } from '../shell/fake/files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { FakeSlots } from '../shell/fake/slots.ts';
import { keepOwnBoot } from './ownBoot.ts';

const COPY = '/run/pxen/drive/boot/grub/host0.env';
const UUID = '12345678-9abc-def0-1234-56789abcdef0';
const ADA = { name: 'ada', labels: {}, profile: 'xen' };
const wishes = (...settings: Record<string, unknown>[]) => cluster({ settings });
const PANIC = wishes({ kernelArgs: ['panic=30'] });
const INDEX = packageIndexText({
  root: 'cd'.repeat(32),
  layers: [{ name: 'htop', file: 'htop-1.squashfs', size: 1, sha256: 'ab'.repeat(32) }],
});

const ownOf = (want: typeof PANIC, layers: string[] = []): OwnBoot => ({
  board: UUID,
  ...argumentsFor(settingsFor(ADA, want), undefined),
  layers,
});

/** `given`: the id on the command line of this boot. */
function host(block: string | undefined, given = '') {
  const slots = new FakeSlots([OWN_BLOCK], OWN_BLOCK_BYTES);
  if (block !== undefined) slots.disk.set(Buffer.from(block));
  const files = new FakeHostFiles({
    '/sys/class/dmi/id/product_uuid': `${UUID.toUpperCase()}\n`,
    '/proc/cmdline': `quiet${given === '' ? '' : ` pxen.own=${given}`} pxen.drive=1\n`,
  });
  const boot = fakeFiles(new Map([['packages/index', Buffer.from(INDEX)]]));
  const log = new FakeLog();
  const present = () => readOwnBlock(Buffer.from(slots.disk).toString('latin1'));
  return {
    slots,
    log,
    present,
    files,
    keep: (want: typeof PANIC) => keepOwnBoot(want, ADA, { files, log, block: slots, boot, copy: COPY }),
  };
}

test('a drive edited by hand: the first boot writes what is set, says so, and the next one has it', async () => {
  const first = host(ownBlockText(undefined, 'y'));
  const { warning, again } = await first.keep(PANIC);
  assert.match(warning ?? '', /holds from its next boot on: kernelArgs panic=30/);
  assert.deepEqual([again, first.log.of('BOOT_OWN_NEXT').length], [false, 1]);
  assert.deepEqual(first.present(), { id: ownId(ownOf(PANIC)), board: UUID, trial: '2' });
  assert.equal(first.files.texts.get(COPY), ownBlockText(ownOf(PANIC), '2'), 'a new drive is made from it');
  // GRUB counts down, and the host comes up with it.
  const second = host(ownBlockText(ownOf(PANIC), '1'), ownId(ownOf(PANIC)));
  assert.deepEqual(await second.keep(PANIC), { warning: undefined, again: false });
  assert.equal(second.present()?.trial, 'y');
  const third = host(ownBlockText(ownOf(PANIC), 'y'), ownId(ownOf(PANIC)));
  await third.keep(PANIC);
  assert.equal(third.slots.writes, 0, 'the stick is not worn out by boots that change nothing');
});

test('arguments with which the host did not come up twice are not tried again until they change', async () => {
  const fallen = host(ownBlockText(ownOf(PANIC), '0'));
  assert.match((await fallen.keep(PANIC)).warning ?? '', /runs without .*panic=30.*twice it did not come up/);
  assert.deepEqual([fallen.slots.writes, fallen.log.of('BOOT_OWN_FAILED').length], [0, 1]);
  await fallen.keep(wishes({ kernelArgs: ['panic=31'] }));
  assert.equal(fallen.present()?.trial, '2');
});

test('what the loader gave to any machine counts as given; from then on it is for this one', async () => {
  const own = ownOf(PANIC);
  const first = host(ownBlockText({ ...own, board: 'any' }, '1'), ownId(own));
  assert.equal((await first.keep(PANIC)).warning, undefined);
  assert.deepEqual(first.present(), { id: ownId(own), board: UUID, trial: 'y' });
});

test('a drive that held the arguments of another machine gets those of this one', async () => {
  const other = { ...ownOf(PANIC), board: '00000000-0000-4000-8000-000000000009' };
  const moved = host(ownBlockText(other, 'y'));
  assert.match((await moved.keep(PANIC)).warning ?? '', /next boot/);
  assert.deepEqual(moved.present(), { id: ownId(other), board: UUID, trial: '2' });
});

test('settings that were taken back are taken from the block, and hold until the next boot', async () => {
  const own = ownOf(PANIC);
  const running = host(ownBlockText(own, 'y'), ownId(own));
  assert.match((await running.keep(wishes())).warning ?? '', /next boot on: nothing/);
  assert.equal(running.present()?.id, '');
  const plain = host(ownBlockText(undefined, 'y'));
  assert.deepEqual(await plain.keep(wishes()), { warning: undefined, again: false });
  assert.equal(plain.slots.writes, 0);
});

test('packages that the drive has are given by name; one that it has not is said', async () => {
  const want = wishes({ packages: ['htop', 'tree'] });
  const first = host(ownBlockText(undefined, 'y'));
  await first.keep(want);
  assert.equal(first.present()?.id, ownId(ownOf(want, ['htop'])));
  assert.match(
    first.log.of('BOOT_PACKAGE')[0] ?? '',
    /this host is not given the package tree: the drive has no layer/,
  );
});

test('a torn block is written anew; a drive that cannot be written is said, and tried again', async () => {
  const torn = host(undefined);
  await torn.keep(PANIC);
  assert.equal(torn.present()?.trial, '2');
  const broken = host(ownBlockText(undefined, 'y'));
  broken.slots.broken.set(OWN_BLOCK, 'write');
  const { warning, again } = await broken.keep(PANIC);
  assert.match(warning ?? '', /could not be put onto the drive: .*input\/output error/);
  assert.equal(again, true);
});

test('what the loader cannot give is said, and the drive is left as it is', async () => {
  const odd = host(ownBlockText(undefined, 'y'));
  const { warning, again } = await odd.keep(wishes({ kernelArgs: ['x="a"'] }));
  assert.match(warning ?? '', /cannot give x="a"/);
  assert.deepEqual([again, odd.slots.writes], [false, 0]);
});
