import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { layDrive, removeDrive, Running, startServer } from './running.ts';
import { Segment, whyNot } from './segment.ts';

/** What other machines believe of the server's address: the neighbours of a Linux that sends nothing itself. */

const [SERVER, OTHER] = ['10.99.0.1', '52:54:00:00:00:99'];
const skip = await whyNot([]);
const segment = new Segment('pxa');
let folder = '';
let server: Running | undefined;

const client = (words: string) => segment.in(segment.client, ['ip', ...words.split(' ')]);

/** Waits until the client believes that the server's address has this MAC. */
async function believes(mac: string): Promise<void> {
  let seen = '';
  for (let tries = 0; tries < 400; tries += 1) {
    seen = (await client(`neighbour show ${SERVER}`)).stdout;
    if (seen.includes(`lladdr ${mac}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${SERVER} is not at ${mac}, but: ${seen}; the server said ${server?.said}`);
}

before(async () => {
  if (skip !== false) return;
  ({ folder } = await layDrive('version: 1\ncluster: { name: lab }\n'));
  await segment.make(`${SERVER}/24`, '52:54:00:00:00:07');
  await client(`addr add 10.99.0.9/24 dev ${Segment.interface}`);
});

after(async () => {
  if (skip !== false) return;
  await server?.end();
  await segment.remove();
  await removeDrive(folder);
});

test('who knows another MAC for the address of the server learns the right one', { skip }, async () => {
  const show = ['cat', `/sys/class/net/${Segment.interface}/address`];
  const own = (await segment.in(segment.server, show)).stdout.trim();
  await client(`neighbour replace ${SERVER} lladdr ${OTHER} dev ${Segment.interface} nud stale`);
  server = await startServer(segment.server, folder, Segment.interface, `${SERVER}/24`);
  await believes(own);
  const changed = `52:54:00:00:01:${own.slice(-2)}`;
  await segment.in(segment.server, ['ip', 'link', 'set', Segment.interface, 'address', changed]);
  await believes(changed);
  await server.until(`BOOT_CARD_CHANGED ${Segment.interface} had the MAC address ${own} and has ${changed} now`);
});
