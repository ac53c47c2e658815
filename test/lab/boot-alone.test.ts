import { test } from 'node:test';
import { checkHosts, PATIENCE, play } from '../fixtures/lab.ts';

test('one host alone is a cluster', PATIENCE, async () => {
  checkHosts(await play(1, 'uefi', 'once'), ['host0 uefi drive']);
});
