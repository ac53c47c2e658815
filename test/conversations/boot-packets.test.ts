import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { BOOT_CLIENTS, type BootClient } from '../fixtures/bootClients.ts';
import { dhcpHouse, hear, replyIn } from '../fixtures/house.ts';
import { packetText } from '../fixtures/packetText.ts';

/** What each kind of client is told, in full (PXEN_GOLDEN=write rewrites the files). */

const LOADERS = new Set(['loaders/undionly.kpxe', 'loaders/snponly.efi', 'loaders/ipxe-arm64.efi', 'rpi/config.txt']);

function told({ packet, port }: BootClient, role: 'full' | 'proxy'): string {
  const house = dhcpHouse(role, { loaders: { present: LOADERS, own: {} } });
  const response = hear(packet, house, port);
  if (response.kind === 'silence') return `silence: ${response.why}\n`;
  return `${packetText(replyIn(response))}log: ${response.said}\n`;
}

for (const client of BOOT_CLIENTS) {
  test(`C9, C10, C12: what ${client.name} is told is what the golden file says`, () => {
    const file = new URL(`../vectors/boot/${client.name}.txt`, import.meta.url);
    const text = (['full', 'proxy'] as const).map((role) => `== ${role}\n${told(client, role)}`).join('\n');
    if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(file, text);
    assert.equal(text, readFileSync(file, 'utf8'));
  });
}
