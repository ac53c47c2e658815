import { test } from 'node:test';
import { checkHosts, PATIENCE, play } from '../fixtures/lab.ts';

test('five hosts of both firmwares', PATIENCE, async () => {
  checkHosts(await play(5, 'mixed', 'once'), [
    'host0 uefi drive',
    'hostU uefi network',
    'hostU bios network',
    'hostU uefi network',
    'hostU bios network',
  ]);
});

test('an all-BIOS rack after a power cut', PATIENCE, async () => {
  checkHosts(await play(3, 'bios', 'power-cut'), ['host0 bios drive', 'hostU bios network', 'hostU bios network']);
});

test('an all-UEFI rack whose drive is pulled', PATIENCE, async () => {
  checkHosts(await play(3, 'uefi', 'drive-pulled'), ['host0 uefi drive', 'hostU uefi network', 'hostU uefi network']);
});
