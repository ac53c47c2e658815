import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highestRate } from './dhcp/search.ts';
import { ownGoal, ratioGoal } from './goals.ts';
import { figureText, median, quantile, rounded } from './numbers.ts';
import { takeAll, type Task } from './rounds.ts';
import { Failure } from '../src/shell/fail.ts';

const quiet = (): void => undefined;
const RATE = { id: 'rate', panel: 'Rate', label: 'sustained', unit: '1/s', better: 'higher' } as const;

/** Gives these values one after another. */
function giving(...values: readonly number[]) {
  const left = [...values];
  return async (): Promise<number[]> => [left.shift() ?? Number.NaN];
}

test('the median of an even number of values lies between the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('a quantile is one of the values', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  assert.equal(quantile(values, 0.99), 198);
  assert.equal(quantile(values, 0.5), 100);
  assert.equal(quantile([7], 0.99), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('figures claim three digits', () => {
  assert.equal(rounded(8123.4), 8120);
  assert.deepEqual([8123.4, 1_234_567, 0.87654, 0, 999].map(figureText), ['8,120', '1,230,000', '0.877', '0', '999']);
});

test('peers come in turn, each as often first as last', async () => {
  const order: string[] = [];
  const note = (name: string) => async () => (order.push(name), [1]);
  const task: Task = { measures: [RATE], rounds: 4, takers: { pxen: note('pxen'), kea: note('kea') } };
  await takeAll([task], { pxen: '1', kea: '2' }, quiet);
  assert.equal(order.join(' '), 'pxen kea kea pxen pxen kea kea pxen');
});

test('a peer that fails has a reason and no figure, and the others go on', async () => {
  const broken = async (): Promise<number[]> => {
    throw new Failure('kea does not serve: bad\nmore of it', 'See.');
  };
  const task: Task = {
    measures: [RATE],
    rounds: 3,
    takers: { pxen: giving(1, 3, 2), kea: broken, silent: giving(5) },
    absent: { dnsmasq: 'no such package' },
  };
  const { peers } = await takeAll([task], { pxen: '1', kea: '2', dnsmasq: '3', silent: '4' }, quiet);
  assert.deepEqual(peers['pxen'], { version: '1', figures: { rate: { median: 2, rounds: [1, 3, 2] } }, missing: {} });
  assert.deepEqual(peers['kea'], { version: '2', figures: {}, missing: { rate: 'kea does not serve: bad' } });
  assert.deepEqual(peers['dnsmasq']?.missing, { rate: 'no such package' });
  assert.deepEqual(peers['silent'], { version: '4', figures: {}, missing: { rate: 'gave no figure' } });
});

test('a ratio is taken round by round, to the best that has a figure', async () => {
  const takers = { pxen: giving(10, 30, 20), a: giving(5, 60, 10), b: giving(10, 20, 5), none: giving() };
  const taken = await takeAll([{ measures: [RATE], rounds: 3, takers }], { pxen: '', a: '', b: '', none: '' }, quiet);
  const wanted = { group: 'g', title: 't', least: 1 };
  const goal = ratioGoal(taken, 'rate', ['a', 'b', 'none'], wanted);
  // The rounds go 10/10, 30/60, 20/10.
  assert.deepEqual(goal, { ...wanted, value: 1, met: true });
  assert.equal(ratioGoal(taken, 'rate', ['none'], wanted), undefined);
  assert.equal(ratioGoal(taken, 'other', ['a'], wanted), undefined);
  const zero = await takeAll(
    [{ measures: [RATE], rounds: 1, takers: { pxen: giving(1), a: giving(0) } }],
    { pxen: '', a: '' },
    quiet,
  );
  assert.equal(ratioGoal(zero, 'rate', ['a'], wanted), undefined);
});

test('the best of what should be low is the lowest', async () => {
  const cost = { ...RATE, better: 'lower' } as const;
  const takers = { pxen: giving(3), a: giving(2), b: giving(6) };
  const taken = await takeAll([{ measures: [cost], rounds: 1, takers }], { pxen: '', a: '', b: '' }, quiet);
  const goal = ratioGoal(taken, 'rate', ['a', 'b'], { group: 'g', title: 't', most: 1.4 });
  assert.deepEqual([goal?.value, goal?.met], [1.5, false]);
  assert.equal(ownGoal(taken, 'rate', { group: 'g', title: 't', most: 3 })?.met, true);
});

test('the search finds the highest rate that holds, from below and from above', async () => {
  for (const from of [100, 4000, 50_000]) {
    const offer = async (offered: number) => {
      const achieved = Math.min(offered, 7000);
      return { offered, achieved, lost: (offered - achieved) / offered };
    };
    const rate = await highestRate({ from, near: 1.02, most: 20, mayLose: 0.025 }, offer);
    assert.ok(rate > 6860 && rate <= 7000, `${rate} from ${from}`);
  }
});

test('a server that holds no rate has a reason, not a rate of 0', async () => {
  const nothing = async (offered: number) => ({ offered, achieved: 0, lost: 1 });
  const search = highestRate({ from: 4000, near: 1.1, most: 5, mayLose: 0.025 }, nothing);
  await assert.rejects(search, { name: 'Failure', message: 'held no rate, down to 250 exchanges a second' });
});
