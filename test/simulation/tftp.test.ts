import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, seededChance, type Chance } from '../../src/shell/chance.ts';
import type { Intercept } from '../../src/shell/fake/network.ts';
import { ip } from '../fixtures/dhcp.ts';
import { BOOT_FILES, startRig } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** TFTP over networks that lose, double and reorder, each from a seed: a failure names the one to look at. */

const FILE = 'loaders/undionly.kpxe';
const SIZE = 70_001;

/** Loses `loss` of all datagrams, doubles as many, and lets them overtake each other by up to 20 ms. */
const bad =
  (chance: Chance, loss: number): Intercept =>
  () => {
    if (chance.next() < loss) return [];
    const delay = (): number => below(chance, 20);
    return chance.next() < loss ? [delay(), delay()] : [delay()];
  };

for (const loss of [0, 0.02, 0.1]) {
  for (const windowsize of [1, 4, 16]) {
    test(`I7: a file arrives whole at ${loss * 100} % loss and window ${windowsize}`, async () => {
      for (let seed = 1; seed <= 12; seed += 1) {
        const rig = await startRig({ intercept: bad(seededChance(seed * 1000 + windowsize), loss) });
        const client = new TftpClient(rig, ip('10.1.2.9'));
        const file = await client.get(FILE, { blksize: '1400', windowsize: String(windowsize), tsize: '0' }, 600_000);
        assert.deepEqual(
          file,
          Buffer.from(BOOT_FILES.get(FILE) ?? []),
          `seed ${seed}: ${typeof file === 'string' ? file : 'bytes differ'}`,
        );
        const least = Math.floor(SIZE / 1400) + 1;
        // Repetitions are bounded: nothing doubles with every block.
        assert.ok(client.received <= least * (1 + windowsize), `seed ${seed}: ${client.received} blocks for ${least}`);
        await rig.host0.stop();
      }
    });
  }
}

test('a client that vanishes is given up, and its transfer leaves nothing behind', async () => {
  const rig = await startRig({ intercept: ({ to }) => (to.address === '10.1.2.9' ? [] : [0]) });
  assert.equal(await new TftpClient(rig, ip('10.1.2.9')).get(FILE, { tsize: '0' }, 5000), 'running');
  assert.match(rig.log.of('TFTP_BROKE_OFF')[0] ?? '', /fell silent: it never answered/);
  await rig.host0.stop();
});
