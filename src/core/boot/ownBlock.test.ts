import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { grubenvText, parseGrubenv } from './grubenv.ts';
import { ownBlockText, ownId, ownIdIn, readOwnBlock, whyNotOwn } from './ownBlock.ts';

const OWN = {
  board: '12345678-9ABC-DEF0-1234-56789ABCDEF0',
  xen: ['dom0_mem=820M+2%,max:820M+2%', 'sched=credit'],
  linux: ['console=hvc0', 'x=a;b', 'y=$z', 'z={a}#'],
  layers: ['tree', 'htop'],
};

test('a block says what GRUB reads, for the machine in either order of the bytes of its UUID', () => {
  const text = ownBlockText(OWN, '2');
  assert.equal(text.length, 4096);
  const values = parseGrubenv(text);
  assert.deepEqual(
    ['own_board', 'own_swapped', 'own_xen', 'own_linux', 'own_layers', 'own_trial'].map((name) => values.get(name)),
    [
      '12345678-9abc-def0-1234-56789abcdef0',
      '78563412-bc9a-f0de-1234-56789abcdef0',
      OWN.xen.join(' '),
      OWN.linux.join(' '),
      'tree,htop',
      '2',
    ],
  );
  assert.deepEqual(readOwnBlock(text), { id: ownId(OWN), board: OWN.board.toLowerCase(), trial: '2' });
});

test('an empty block sets nothing', () => {
  assert.deepEqual(readOwnBlock(ownBlockText(undefined, 'y')), { id: '', board: '', trial: 'y' });
});

test('a block of which only a part was written, cut anywhere, is none, or says what it said before', () => {
  const old = ownBlockText({ ...OWN, xen: ['sched=credit2'] }, 'y');
  const fresh = ownBlockText(OWN, '2');
  const ids = new Set([ownId(OWN), ownId({ ...OWN, xen: ['sched=credit2'] })]);
  for (let cut = 0; cut <= 4096; cut += 1) {
    const read = readOwnBlock(fresh.slice(0, cut) + old.slice(cut));
    if (read === undefined) continue;
    const values = parseGrubenv(fresh.slice(0, cut) + old.slice(cut));
    // Whole in all that counts: what stands between the ids is of one of the two.
    assert.ok(ids.has(read.id));
    const xen = values.get('own_xen')?.split(' ') ?? [];
    assert.equal(ownId({ ...OWN, xen }), read.id, `cut at ${cut}`);
  }
  for (const text of ['', 'x'.repeat(4096), fresh.slice(1), fresh.replace('own_trial=2', 'own_trial=7')])
    assert.equal(readOwnBlock(text), undefined);
});

test('what GRUB would take for its own is refused with a sentence, and so is what is too long', () => {
  assert.equal(whyNotOwn(OWN), undefined);
  for (const odd of ['a="b"', "a='b'", String.raw`a\b`, 'a=*', 'a?'])
    assert.match(whyNotOwn({ ...OWN, linux: [odd] }) ?? '', /the drive's loader cannot give a/);
  assert.match(whyNotOwn({ ...OWN, xen: ['x'.repeat(1001)] }) ?? '', /arguments of Xen have more than 1000/);
  assert.match(whyNotOwn({ ...OWN, layers: ['x'.repeat(1801)] }) ?? '', /arguments of Linux have more than 1800/);
  const longest = { ...OWN, xen: ['x'.repeat(1000)], linux: ['y'.repeat(900)], layers: ['z'.repeat(890)] };
  assert.equal(ownBlockText(longest, 'y').length, 4096);
  assert.throws(() => grubenvText({ a: 'x'.repeat(1024) }), DecodeError);
});

test('the command line tells which block was used', () => {
  assert.equal(ownIdIn('quiet pxen.own=0a1b2c3d pxen.layers= pxen.drive=1'), '0a1b2c3d');
  assert.equal(ownIdIn('quiet pxen.layers='), '');
  assert.equal(ownIdIn('quiet xpxen.own=0a1b2c3d'), '');
});
