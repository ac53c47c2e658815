import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipxe, rfc2131, weather } from './storm.ts';

/** On a shared machine with two processors the server works off 16 packets a millisecond (bench/results/dhcp.json). */
const [EIGHTH, SIXTEENTH, SLOW] = [2, 1, 0.25];

test('D13: a thousand machines that ask within a second have their addresses without asking twice', () => {
  for (const seed of [1, 2, 3]) {
    const { bound, replies, wasted, lost } = weather({ seed, machines: 1000, pace: EIGHTH, wait: ipxe });
    assert.deepEqual(
      { bound: bound.length, replies, wasted, lost },
      { bound: 1000, replies: 2000, wasted: 0, lost: 0 },
    );
  }
});

test('D13: where a server is far too slow for them, they ask again, and every one is served in the end', () => {
  for (const wait of [rfc2131, ipxe]) {
    const { bound, replies } = weather({ seed: 1, machines: 1000, pace: SLOW, wait });
    assert.equal(bound.length, 1000);
    assert.ok(replies < 4000, `${replies} replies: less than two for one that was needed`);
  }
});

test('to drop what its sender has repeated since would change nothing until a server is sixteen times slower than ours', () => {
  for (const wait of [rfc2131, ipxe]) {
    const storm = { seed: 1, machines: 1000, pace: SIXTEENTH, wait };
    assert.deepEqual(weather({ ...storm, dropsRepeated: true }).bound, weather(storm).bound);
  }
});

test('who floods gets no more than others, and they wait for nobody', () => {
  const { bound, replies, lost, log } = weather({ seed: 1, machines: 200, pace: EIGHTH, wait: rfc2131, flood: 15 });
  assert.deepEqual({ bound: bound.length, lost }, { bound: 200, lost: 0 });
  assert.ok(replies - 400 <= 20 * 3, `${replies - 400} replies to the flood within two seconds`);
  assert.equal(log.of('DHCP_FLOOD').length, 1);
});
