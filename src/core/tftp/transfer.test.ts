import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockNumber, type Rollover } from './blocks.ts';
import { limitOf, negotiate } from './negotiate.ts';
import { decodeTftp } from './packet.ts';
import {
  onlyAsked,
  startTransfer,
  transferStep,
  type Transfer,
  type TransferEvent,
  type TransferOut,
} from './transfer.ts';

const ETHERNET_LIMIT = limitOf(1500);

const asked = (options: Record<string, string>) => new Map(Object.entries(options));

function start(size: number, options: Record<string, string> = {}, rollover: Rollover = 0) {
  return startTransfer(size, negotiate(asked(options), size, ETHERNET_LIMIT), 0, rollover);
}

function blocks(out: TransferOut): (number | string)[] {
  if (out === undefined) return [];
  if (out instanceof Uint8Array) return [decodeTftp(out).kind];
  return Array.from({ length: out.blocks }, (_, index) => blockNumber(out.first + index, out.rollover));
}

/** Feeds events and gives what was sent for each. */
function feed(state: Transfer, ...events: TransferEvent[]): { state: Transfer; sent: (number | string)[][] } {
  const sent: (number | string)[][] = [];
  for (const event of events) {
    const step = transferStep(state, event, event.kind === 'timeout' ? state.deadline : 0);
    ({ state } = step);
    sent.push(blocks(step.out));
  }
  return { state, sent };
}

const ack = (block: number): TransferEvent => ({ kind: 'ack', block });

test('without options data comes at once, block by block', () => {
  const first = start(1000);
  assert.deepEqual(blocks(first.out), [1]);
  const { state, sent } = feed(first.state, ack(1), ack(2));
  assert.deepEqual([sent, state.phase], [[[2], []], 'done']);
});

test('I10: a file of whole blocks ends with an empty one', () => {
  const { state, sent } = feed(start(1024).state, ack(1), ack(2), ack(3));
  assert.deepEqual([sent, state.phase], [[[2], [3], []], 'done']);
  assert.deepEqual(feed(start(0).state, ack(1)).state.phase, 'done');
});

test('with options data waits for the ACK of the OACK', () => {
  const first = start(5000, { blksize: '1000', windowsize: '4' });
  assert.deepEqual(blocks(first.out), ['oack']);
  const { state, sent } = feed(first.state, ack(3), ack(0), ack(4), ack(6));
  assert.deepEqual([sent, state.phase], [[[], [1, 2, 3, 4], [5, 6], []], 'done']);
});

test('I7: an ACK within a window means a gap right behind it', () => {
  const first = start(9000, { blksize: '1000', windowsize: '4' });
  assert.deepEqual(feed(first.state, ack(0), ack(2)).sent, [
    [1, 2, 3, 4],
    [3, 4, 5, 6],
  ]);
});

test('I7: an ACK that comes again doubles nothing', () => {
  assert.deepEqual(feed(start(5000).state, ack(1), ack(1), ack(1)).sent, [[2], [], []]);
  const windowed = start(20_000, { blksize: '1000', windowsize: '4' }).state;
  assert.deepEqual(feed(windowed, ack(0), ack(4), ack(4), ack(4)).sent.slice(1), [[5, 6, 7, 8], [5, 6, 7, 8], []]);
});

test('an ACK of what was never sent is nothing', () => {
  assert.deepEqual(feed(start(5000).state, ack(2), ack(700)).sent, [[], []]);
});

test('silence is answered by repetition, ever more slowly, and then by giving up', () => {
  let { state } = start(5000);
  const pauses: number[] = [];
  while (state.phase !== 'failed') {
    pauses.push(state.deadline);
    state = transferStep(state, { kind: 'timeout' }, state.deadline).state;
  }
  assert.deepEqual(
    pauses.map((at, index) => at - (pauses[index - 1] ?? 0)),
    [500, 1000, 2000, 4000, 6000, 6000, 6000, 6000],
  );
  assert.match(state.why ?? '', /silent after block 0/);
});

test('a timer that runs out too early changes nothing', () => {
  const { state } = start(5000);
  assert.deepEqual(transferStep(state, { kind: 'timeout' }, state.deadline - 1), { state, out: undefined });
});

test('I5: an error from the client ends it, quietly', () => {
  const { state, sent } = feed(
    start(5000, { tsize: '0' }).state,
    { kind: 'error', code: 8, message: 'User aborted' },
    ack(0),
  );
  assert.deepEqual([sent, state.phase, state.why], [[[], []], 'failed', 'the client ended it: User aborted']);
});

test('I8: the same request again gets the same first answer, until data was acknowledged', () => {
  const again: TransferEvent = { kind: 'again' };
  assert.deepEqual(feed(start(5000, { tsize: '0' }).state, again).sent, [['oack']]);
  assert.deepEqual(feed(start(5000).state, again, ack(1), again).sent, [[1], [2], []]);
});

test('I5: a client that only asked for the size has not failed', () => {
  const aborted: TransferEvent = { kind: 'error', code: 8, message: 'User aborted the transfer' };
  assert.equal(onlyAsked(feed(start(5000, { tsize: '0' }).state, aborted).state), true);
  assert.equal(onlyAsked(feed(start(5000, { blksize: '1000' }).state, aborted).state), false);
  assert.equal(onlyAsked(feed(start(5000, { tsize: '0' }).state, ack(0), aborted).state), false);
  assert.equal(onlyAsked(start(5000, { tsize: '0' }).state), false);
});

test('I7: repetition follows the time that the client takes, and its `timeout`', () => {
  const at = (options: Record<string, string>): number => {
    let { state } = start(50_000, { blksize: '1000', ...options });
    for (let block = 0; block < 20; block += 1) state = transferStep(state, ack(block), block * 2).state;
    return state.deadline - 19 * 2;
  };
  assert.equal(Math.round(at({})), 12);
  const slow = (options: Record<string, string>): number => {
    let { state } = start(50_000, { blksize: '1000', ...options });
    for (let block = 0; block < 20; block += 1) state = transferStep(state, ack(block), block * 900).state;
    return Math.round(state.deadline - 19 * 900);
  };
  assert.ok(slow({}) > 900 && slow({}) < 1800, String(slow({})));
  assert.equal(slow({ timeout: '1' }), slow({}));
});

test('I7: pauses grow longer than the time-out after which the client speaks up by itself', () => {
  let { state } = feed(start(50_000, { timeout: '1' }).state, ack(0), ack(1));
  const pauses: number[] = [];
  while (state.phase !== 'failed') {
    const { deadline } = state;
    ({ state } = transferStep(state, { kind: 'timeout' }, deadline));
    pauses.push(state.deadline - deadline);
  }
  assert.deepEqual(pauses.slice(0, 8), [30, 60, 120, 240, 6000, 6000, 6000, 6000]);
});

test('I7: a client that is slow once is sent little, and what it then says is no measurement', () => {
  let { state } = start(50_000, { blksize: '1000', windowsize: '4' });
  for (const block of [0, 4, 8]) state = transferStep(state, ack(block), block).state;
  const sent: (number | string)[][] = [];
  for (let now = 8; now < 1000; now = state.deadline) {
    const step = transferStep(state, { kind: 'timeout' }, now);
    ({ state } = step);
    sent.push(blocks(step.out));
  }
  const window = [9, 10, 11, 12];
  assert.deepEqual(sent, [[], [12], window, window, window, window]);
  const before = state.rtt;
  state = transferStep(state, ack(12), 1000).state;
  assert.deepEqual(state.rtt, before);
  assert.ok(state.deadline - 1000 > 30, 'and the next pause is longer than the first was');
});

test('I7: after one repeated block, the same ACK brings the window, once', () => {
  let { state } = feed(start(50_000, { blksize: '1000', windowsize: '4' }).state, ack(0), ack(4));
  ({ state } = transferStep(state, { kind: 'timeout' }, state.deadline));
  assert.deepEqual(feed(state, ack(4), ack(4), ack(4)).sent, [[5, 6, 7, 8], [], []]);
});

test('I7: what was heard behind a gap brings nothing a second time, in this window and the next', () => {
  const first = start(50_000, { blksize: '1000', windowsize: '4' }).state;
  const { sent } = feed(first, ack(0), ack(1), ack(1), ack(1), ack(5), ack(5), ack(9), ack(9));
  assert.deepEqual(sent.slice(1), [[2, 3, 4, 5], [], [], [6, 7, 8, 9], [], [10, 11, 12, 13], [10, 11, 12, 13]]);
});

test('I9: after block 65,535 comes block 0, or 1 where that is wished', () => {
  for (const [rollover, wanted] of [
    [0, 0],
    [1, 1],
  ] as const) {
    let { state } = start(8 * 65_540, { blksize: '8' }, rollover);
    ({ state } = transferStep(state, ack(0), 0));
    let last: (number | string)[] = [];
    while (state.phase === 'data') {
      const step = transferStep(state, ack(blockNumber(state.sent, rollover)), 0);
      ({ state } = step);
      if (state.sent === 65_536) last = blocks(step.out);
    }
    assert.deepEqual([state.phase, state.acked, last], ['done', 65_541, [wanted]]);
  }
});

test('I9: a window goes across the end of the numbers', () => {
  for (const rollover of [0, 1] as const) {
    const fresh = start(8 * 70_000, { blksize: '8', windowsize: '4' }, rollover).state;
    const state: Transfer = { ...fresh, phase: 'data', acked: 65_533, sent: 65_537 };
    const within = feed(state, ack(blockNumber(65_536, rollover)));
    assert.equal(within.state.acked, 65_536);
    assert.equal(feed(state, ack(65_532)).state.acked, 65_533);
  }
});

test('a file that cannot be read any further ends the transfer, and the client is told why', () => {
  const { state } = start(2000);
  const { state: after, out } = transferStep(state, { kind: 'unreadable', why: 'the disk is gone' }, 5);
  assert.deepEqual([after.phase, after.isAborted, after.why], ['failed', false, 'the disk is gone']);
  assert.ok(out instanceof Uint8Array);
  assert.deepEqual(decodeTftp(out), { kind: 'error', code: 0, message: 'the disk is gone' });
});
