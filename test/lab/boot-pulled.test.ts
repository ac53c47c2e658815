import { test } from 'node:test';
import { checkHosts, PATIENCE, play } from '../fixtures/lab.ts';

test('host0 serves on without its drive, and a host still boots from it', PATIENCE, async () => {
  checkHosts(await play(2, 'bios', 'drive-pulled'), ['host0 bios drive', 'hostU bios network']);
});
