import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { simulate } from './world.ts';
import { MACHINE_KINDS } from './weather.ts';

/** Seeds that once found a mistake, always tried again. `pxen soak` says which to add. */
const KEPT = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'vectors', 'simulation', 'seeds.json'), 'utf8'),
) as readonly number[];
const FRESH = Array.from({ length: 24 }, (_, at) => at + 1);

for (const [name, seeds] of [
  ['seeds that once failed', KEPT],
  [`${FRESH.length} worlds`, FRESH],
] as const) {
  test(`every machine boots byte for byte, under an address of its own, in any weather: ${name}`, async (t) => {
    const kinds = new Set<string>();
    let [restarts, outages] = [0, 0];
    for (const seed of seeds) {
      const report = await simulate(seed);
      for (const kind of report.weather.machines) kinds.add(kind);
      restarts += report.restarts;
      outages += report.weather.outage === undefined ? 0 : 1;
    }
    t.diagnostic(`${seeds.length} worlds, ${restarts} attempts made again, ${outages} restarts of the server`);
    if (seeds === FRESH) assert.equal(kinds.size, MACHINE_KINDS.length);
  });
}

test('one seed is one world', async () => {
  assert.deepEqual(await simulate(7), await simulate(7));
});
