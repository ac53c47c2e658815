import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, seededChance } from '../../shell/chance.ts';
import { blockNumber } from './blocks.ts';
import { limitOf, negotiate } from './negotiate.ts';
import {
  deadlineIn,
  hasEnded,
  isUnderWay,
  readRecord,
  RECORD,
  runAhead,
  runBehind,
  takeWhole,
  writeRecord,
  type Lasting,
} from './record.ts';
import { startTransfer, transferStep, type Transfer, type TransferEvent } from './transfer.ts';

const lastingOf = ({ size, terms, rollover }: Transfer): Lasting => ({ size, terms, rollover });

/** A transfer after some events that chance chose, with the time then. */
function anywhere(seed: number): { readonly state: Transfer; readonly now: number } {
  const chance = seededChance(seed);
  const pick = (count: number): number => below(chance, count);
  const options = new Map([...(pick(2) ? [['blksize', '8']] : []), ...(pick(2) ? [['windowsize', '4']] : [])] as [
    string,
    string,
  ][]);
  const size = pick(3) ? 600 * 8 + pick(9) : 66_000 * 8;
  let { state } = startTransfer(size, negotiate(options, size, limitOf(1500)), 0, pick(2) ? 1 : 0);
  let now = 0;
  const event = (): TransferEvent => {
    const kind = pick(12);
    if (kind === 0) return { kind: 'timeout' };
    if (kind === 1) return { kind: 'again' };
    if (kind === 2 && pick(20) === 0) return { kind: 'error', code: 0, message: 'no' };
    return { kind: 'ack', block: blockNumber(Math.max(0, state.sent - (pick(5) ? 0 : pick(6))), state.rollover) };
  };
  for (let left = pick(300); left > 0; left -= 1) {
    now += pick(4) ? pick(3) : pick(700);
    ({ state } = transferStep(state, event(), now));
  }
  return { state, now };
}

const recordOf = (state: Transfer): Float64Array => {
  const record = new Float64Array(RECORD);
  writeRecord(record, state);
  return record;
};

test('a transfer is read back from its numbers as it was, but for why it failed', () => {
  const phases = new Set<string>();
  for (let seed = 0; seed < 400; seed += 1) {
    const { state } = anywhere(seed);
    const record = recordOf(state);
    assert.deepEqual(readRecord(record, lastingOf(state)), { ...state, why: undefined });
    assert.equal(deadlineIn(record), state.deadline);
    assert.deepEqual([isUnderWay(record), hasEnded(record)], [!isEnd(state), isEnd(state)]);
    phases.add(state.phase);
  }
  assert.deepEqual([...phases].sort(), ['data', 'done', 'failed', 'oack']);
});

const isEnd = ({ phase }: Transfer): boolean => phase === 'done' || phase === 'failed';

test('in memory that is all zeroes no transfer has begun', () => {
  const record = new Float64Array(RECORD);
  const { state } = startTransfer(9, negotiate(new Map(), 9, limitOf(1500)), 0);
  assert.equal(readRecord(record, lastingOf(state)), undefined);
  assert.deepEqual([isUnderWay(record), hasEnded(record)], [false, false]);
});

test('the short way of an ACK comes to what the whole one does, or leaves all as it was', () => {
  let taken = 0;
  for (let seed = 0; seed < 3000; seed += 1) {
    const { state, now } = anywhere(seed);
    const chance = seededChance(seed + 1_000_000);
    const behind = below(chance, 3) === 0 ? below(chance, 6) : 0;
    const block = blockNumber(Math.max(0, state.sent - behind), state.rollover);
    const [record, before] = [recordOf(state), recordOf(state)];
    const ahead = runAhead(record, lastingOf(state));
    const whole = transferStep(state, { kind: 'ack', block }, now + 3);
    if (takeWhole(record, lastingOf(state), block, now + 3)) {
      taken += 1;
      assert.deepEqual(readRecord(record, lastingOf(state)), whole.state, `seed ${seed}`);
      assert.deepEqual(runBehind(record, lastingOf(state)), whole.out, `seed ${seed}`);
      assert.deepEqual(ahead, whole.out, `seed ${seed}`);
    } else {
      assert.deepEqual(record, before, `seed ${seed}`);
    }
  }
  assert.ok(taken > 500, `only ${taken} were such`);
});
