import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { layDrive, removeDrive, Running, startServer } from '../interop/running.ts';
import { Segment, whyNot } from '../interop/segment.ts';

/**
 * More machines on one segment than the neighbour table of Linux (arp(7), gc_thresh3) has room for. All namespaces share that table:
 * while this runs, other connections of the machine may have to ask again for theirs.
 */

const THRESHOLD = '/proc/sys/net/ipv4/neigh/default/gc_thresh3';
const [SPARE, MOST] = [100, 4000];
const room = Number(await readFile(THRESHOLD, 'utf8').catch(() => '0'));
const tooMany = room + SPARE > MOST ? `the neighbour table of this machine holds ${room}` : false;
const skip = (await whyNot([])) || tooMany;
const CLUSTER = `version: 1
cluster: { name: lab }
networks: { main: { subnet: 10.96.0.0/16 } }
`;
/** A few blocks: it is the number of machines that counts. */
const FILE = 'loaders/small.efi';
const segment = new Segment('pxn');
let folder = '';
let server: Running | undefined;

before(async () => {
  if (skip !== false) return;
  ({ folder } = await layDrive(CLUSTER));
  await writeFile(join(folder, 'boot', FILE), new Uint8Array(2500));
  await segment.make('10.96.0.1/16', '52:54:00:00:00:07');
  server = await startServer(segment.server, folder, Segment.interface, '10.96.0.1/16');
});

after(async () => {
  if (skip !== false) return;
  await server?.end();
  await segment.remove();
  await removeDrive(folder);
});

/** How often the kernel found its table full: the last column of a line a processor. */
async function timesFull(): Promise<number> {
  const [, ...lines] = (await readFile('/proc/net/stat/arp_cache', 'utf8')).trim().split('\n');
  return lines.reduce((sum, line) => sum + Number.parseInt(line.trim().split(/\s+/).at(-1) ?? '0', 16), 0);
}

test('J11: more machines than the neighbour table holds get their addresses and their loader', { skip }, async (t) => {
  const before = await timesFull();
  const words = [Segment.interface, String(room + SPARE), FILE];
  const crowd = new Running(segment.client, [process.execPath, join(import.meta.dirname, 'crowd.ts'), ...words]);
  try {
    for (let some = 100; some <= room; some += 100) await crowd.until(`${some} have the file`);
    await crowd.until('all done\n');
  } finally {
    await crowd.end();
  }
  t.diagnostic(`the table was full ${(await timesFull()) - before} times`);
  assert.equal(new Set(server?.said.match(/\S+ loader loaders\/small\.efi/g)).size, room + SPARE);
});
