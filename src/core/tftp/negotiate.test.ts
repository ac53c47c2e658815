import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitOf, negotiate } from './negotiate.ts';

const asked = (options: Record<string, string>) => new Map(Object.entries(options));
const ETHERNET_LIMIT = limitOf(1500);

test('I2, I5, I6: options are granted up to what was asked and what we allow; senseless ones as if never sent', () => {
  const terms = (options: Record<string, string>) => {
    const { accepted, ...rest } = negotiate(asked(options), 1000, ETHERNET_LIMIT);
    return { ...rest, accepted: Object.fromEntries(accepted) };
  };
  const plain = { blksize: 512, windowsize: 1, timeout: undefined, accepted: {} };
  assert.deepEqual(terms({}), plain);
  assert.deepEqual(terms({ blksize: '7', windowsize: '0', timeout: '256', multicast: '' }), plain);
  assert.deepEqual(terms({ blksize: '65465' }), plain);
  const most = { blksize: '1468', windowsize: '64', timeout: '3', tsize: '1000' };
  assert.deepEqual(terms({ blksize: '9000', windowsize: '640', timeout: '3', tsize: '0' }), {
    blksize: 1468,
    windowsize: 64,
    timeout: 3000,
    accepted: most,
  });
  assert.deepEqual(terms({ blksize: '1024', windowsize: '4' }).accepted, { blksize: '1024', windowsize: '4' });
});

test('I2, I3: blocks fit into a packet of the path', () => {
  const blksize = (mtu: number) => negotiate(asked({ blksize: '65464' }), 0, limitOf(mtu)).blksize;
  assert.deepEqual([1500, 1420, 1450, 9000, 70_000].map(blksize), [1468, 1388, 1418, 8968, 65464]);
});

test('I18: multicast and utimeout are as if never sent', () => {
  assert.equal(negotiate(asked({ multicast: '', utimeout: '5000' }), 1, ETHERNET_LIMIT).accepted.size, 0);
});
