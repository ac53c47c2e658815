import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance } from '../../src/shell/chance.ts';
import { DECODERS, fuzzDecoder, stands, type Decoder } from '../soak/decoders.ts';
import { MOST_REMEMBERED, Shower } from '../soak/server.ts';
import { fuzzHttp } from '../soak/sockets.ts';

/** Any bytes are taken or refused in words, in bounded steps. Seeded: the same inputs at every run; `pxen soak` tries more. */

const ROUNDS = 6000;

for (const decoder of DECODERS) {
  const ids = decoder.name === 'dhcp' ? 'A1, A2, A3' : decoder.name === 'path' ? 'I14' : '';
  test(`${ids === '' ? '' : `${ids}: `}${decoder.name}: any bytes are taken or refused in words`, () => {
    const taken = fuzzDecoder(decoder, seededChance(1), ROUNDS);
    assert.ok(taken > ROUNDS / 100, `${taken} of ${ROUNDS} were taken`);
    for (const seed of decoder.seeds) stands(decoder, seed);
  });
}

test('input that a reader does not stand is told with its bytes', () => {
  const weak: Decoder = {
    name: 'weak',
    seeds: [Uint8Array.of(1, 2, 3)],
    read: (bytes) => (bytes[0] as number).toFixed(bytes[1]),
  };
  assert.throws(() => fuzzDecoder(weak, seededChance(1), 1000), /weak: (TypeError|RangeError)/);
});

test('A15: a server that is showered on every port throws nothing, forgets enough, and serves the next client', async () => {
  const shower = await Shower.start();
  assert.equal(await shower.rain(seededChance(2), 1500), 6 * 1500);
  assert.ok(shower.remembered <= MOST_REMEMBERED, `${shower.remembered} machines are remembered`);
  assert.equal(await shower.serves(200), true);
  await shower.stop();
});

test('A15: machines that somebody makes up are forgotten again, and who boots meanwhile is not', async () => {
  const shower = await Shower.start();
  assert.equal(await shower.serves(200), true);
  await shower.flood(12_000);
  assert.ok(shower.remembered <= MOST_REMEMBERED, `${shower.remembered} machines are remembered`);
  assert.ok(shower.stepsOf(200) > 1, 'its timeline is still there');
  await shower.stop();
});

test('requests that are none end their connection, and no other', async () => {
  assert.ok((await fuzzHttp(seededChance(3), 150)) > 20);
});
