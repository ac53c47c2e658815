import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHosts, PATIENCE, play } from '../fixtures/lab.ts';

test(
  'three hosts boot from one drive; after a power cut only host0 is switched on, and all come back',
  PATIENCE,
  async () => {
    const result = await play(3, 'mixed', 'power-cut');
    checkHosts(result, ['host0 uefi drive', 'hostU uefi network', 'hostU bios network']);
    assert.deepEqual(
      result.vms.map((vm) => `${vm.name} ${vm.state}`),
      ['hello running'],
    );
  },
);

test('host0 serves on without its drive, and a host still boots from it', PATIENCE, async () => {
  checkHosts(await play(2, 'bios', 'drive-pulled'), ['host0 bios drive', 'hostU bios network']);
});

test('one host alone is a cluster', PATIENCE, async () => {
  checkHosts(await play(1, 'uefi', 'once'), ['host0 uefi drive']);
});
