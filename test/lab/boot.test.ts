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
