import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import { netascii } from './netascii.ts';
import { ETHERNET_LIMIT, negotiate } from './negotiate.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from './packet.ts';
import { startTransfer, transferStep, type Transfer, type TransferEvent } from './transfer.ts';

const asked = (options: Record<string, string>) => new Map(Object.entries(options));

function start(size: number, options: Record<string, string> = {}, now = 0) {
  const file = Uint8Array.from({ length: size }, (_, at) => at & 0xff);
  return startTransfer(file, negotiate(asked(options), size, ETHERNET_LIMIT), now);
}

const blocks = (out: readonly Uint8Array[]): (number | string)[] =>
  out.map(decodeTftp).map((packet) => (packet.kind === 'data' ? packet.block : packet.kind));

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

test('packets as RFC 1350 and 2347 write them', () => {
  const golden: readonly (readonly [string, TftpPacket])[] = [
    [
      '0001612f6200 6f6374657400 626c6b73697a6500 3134333200',
      { kind: 'read', path: 'a/b', mode: 'octet', options: asked({ blksize: '1432' }) },
    ],
    ['0002 6100 6f6374657400', { kind: 'write', path: 'a', mode: 'octet', options: new Map() }],
    ['0003 0102 aabb', { kind: 'data', block: 258, bytes: Buffer.from('aabb', 'hex') }],
    ['0004 ffff', { kind: 'ack', block: 65535 }],
    ['0005 0001 6e6f00', { kind: 'error', code: 1, message: 'no' }],
    ['0006 7473697a6500 3500', { kind: 'oack', options: asked({ tsize: '5' }) }],
  ];
  for (const [digits, packet] of golden) {
    const bytes = new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
    assert.deepEqual(encodeTftp(packet), bytes);
    const read = decodeTftp(bytes);
    assert.deepEqual(read.kind === 'data' ? { ...read, bytes: Buffer.from(read.bytes) } : read, packet);
  }
});

test('too few and left-over bytes are refused', () => {
  for (const digits of [
    '',
    '00',
    '0001',
    '000161',
    '000161006f',
    '0004',
    '000400',
    '00040001ff',
    '0009',
    '000161006f00626c00',
  ]) {
    assert.throws(() => decodeTftp(Buffer.from(digits, 'hex')), DecodeError, digits);
  }
});

test('I1: the mode is read whatever its case, and netascii has its line ends', () => {
  const packet = decodeTftp(Buffer.from('00016100 4f4354455400'.replace(' ', ''), 'hex'));
  assert.equal(packet.kind === 'read' && packet.mode, 'octet');
  assert.deepEqual(netascii(Buffer.from('a\nb\rc')), new Uint8Array(Buffer.from('a\r\nb\r\0c')));
});

test('I2, I5, I6: options are granted up to what was asked and what we allow; senseless ones as if never sent', () => {
  const terms = (options: Record<string, string>) => {
    const { accepted, ...rest } = negotiate(asked(options), 1000, ETHERNET_LIMIT);
    return { ...rest, accepted: Object.fromEntries(accepted) };
  };
  const plain = { blksize: 512, windowsize: 1, timeout: undefined, accepted: {} };
  assert.deepEqual(terms({}), plain);
  assert.deepEqual(terms({ blksize: '7', windowsize: '0', timeout: '256', multicast: '' }), plain);
  assert.deepEqual(terms({ blksize: '65465' }), plain);
  const most = { blksize: '1468', windowsize: '16', timeout: '3', tsize: '1000' };
  assert.deepEqual(terms({ blksize: '9000', windowsize: '64', timeout: '3', tsize: '0' }), {
    blksize: 1468,
    windowsize: 16,
    timeout: 3000,
    accepted: most,
  });
  assert.deepEqual(terms({ blksize: '1024', windowsize: '4' }).accepted, { blksize: '1024', windowsize: '4' });
});

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
    [1000, 2000, 4000, 8000, 8000, 8000, 8000],
  );
  assert.match(state.why ?? '', /silent after block 0/);
  const { state: fixed } = start(5000, { timeout: '3' });
  assert.equal(fixed.deadline, 3000);
});

test('a timer that runs out too early changes nothing', () => {
  const { state } = start(5000);
  assert.deepEqual(transferStep(state, { kind: 'timeout' }, state.deadline - 1), { state, out: [] });
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

test('I9: after block 65,535 comes block 0', () => {
  let { state } = start(8 * 65_540, { blksize: '8' });
  ({ state } = transferStep(state, ack(0), 0));
  let last: (number | string)[] = [];
  while (state.phase === 'data') {
    const step = transferStep(state, ack(state.sent & 0xffff), 0);
    ({ state } = step);
    if (state.sent === 65_536) last = blocks(step.out);
  }
  assert.deepEqual([state.phase, state.acked, last], ['done', 65_541, [0]]);
});
