import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { negotiate, limitOf } from '../../core/tftp/negotiate.ts';
import { decodeTftp } from '../../core/tftp/packet.ts';
import type { Lasting } from '../../core/tftp/record.ts';
import type { Memory } from '../runOutbox.ts';
import type { CarryOrder, Source, Told } from './orders.ts';
import { Part } from './part.ts';
import { SharedTransfer, transferMemory } from './sharedTransfer.ts';

/** Threads' parts in one transfer, side by side in one thread. */

const BYTES = Uint8Array.from({ length: 3000 }, (_, at) => at & 0xff);

function lasting(options: Record<string, string> = {}): Lasting {
  const terms = negotiate(new Map(Object.entries(options)), BYTES.length, limitOf(1500));
  return { size: BYTES.length, terms, rollover: 0 };
}

/** Two parts, of which the first is to begin; what each sends, and tells. */
function two(same: Lasting, source: Source = { bytes: BYTES }) {
  const memory = transferMemory();
  const told: Told[] = [];
  const make = (isMine: boolean) => {
    const sent: string[] = [];
    /** Bytes that had been written ahead. */
    const ahead: number[] = [];
    const data = Buffer.alloc(10_000);
    const outbox = {
      data,
      place: () => 0,
      room: (length: number) => data.subarray(0, length),
      add: (_socket: number, _line: unknown, length: number, size: number): void => {
        for (let at = 0; at < length; at += size) sent.push(said(data.subarray(at, Math.min(at + size, length))));
      },
      addFrom({ bytes }: Memory, _socket: number, _line: unknown, length: number, size: number): void {
        ahead.push(length);
        for (let at = 0; at < length; at += size) sent.push(said(bytes.subarray(at, Math.min(at + size, length))));
      },
    };
    const order: CarryOrder = {
      kind: 'carry',
      id: 7,
      socket: 3,
      key: 1,
      address: new Uint8Array(16),
      memory,
      lasting: same,
      source,
      isMine,
    };
    return { sent, ahead, part: new Part(order, outbox, (one) => told.push(one)) };
  };
  return { told, first: make(true), second: make(false), shared: new SharedTransfer(memory, same) };
}

function said(bytes: Uint8Array): string {
  const packet = decodeTftp(bytes);
  if (packet.kind === 'error') return `error ${packet.message}`;
  return packet.kind === 'data' ? `${packet.block}: ${packet.bytes.length} from ${packet.bytes[0]}` : packet.kind;
}

test('one part begins, and whichever hears the client goes on', () => {
  const { first, second, told } = two(lasting({ blksize: '1000' }));
  second.part.ack(0, 0);
  first.part.begin(0);
  second.part.ack(0, 1);
  first.part.ack(1, 2);
  second.part.ack(2, 3);
  second.part.ack(3, 4);
  assert.deepEqual(told, []);
  second.part.ack(4, 5);
  assert.deepEqual(first.sent, ['oack', '2: 1000 from 232']);
  assert.deepEqual(second.sent, ['1: 1000 from 0', '3: 1000 from 208', '4: 0 from undefined']);
  assert.deepEqual(told, [{ kind: 'carried', id: 7, why: undefined }]);
});

test('windows go on where the other part left off', () => {
  const { first, second } = two(lasting({ blksize: '500', windowsize: '2' }));
  first.part.begin(0);
  first.part.ack(0, 1);
  second.part.ack(2, 2);
  first.part.ack(4, 3);
  assert.deepEqual(first.sent, ['oack', '1: 500 from 0', '2: 500 from 244', '5: 500 from 208', '6: 500 from 196']);
  assert.deepEqual(second.sent, ['3: 500 from 232', '4: 500 from 220']);
});

test('where the client takes its time, the next window is written ahead, and sent if nothing was lost', () => {
  const { first } = two(lasting({ blksize: '500', windowsize: '2' }));
  const { part, sent, ahead } = first;
  part.begin(0);
  part.ack(0, 1);
  assert.equal(part.rests, true);
  part.writeAhead();
  part.ack(2, 2);
  part.writeAhead();
  part.writeAhead();
  // Block 4 was lost: what stands ready is not what is to be sent.
  part.ack(3, 3);
  part.writeAhead();
  part.ack(5, 4);
  part.writeAhead();
  part.ack(7, 5);
  assert.deepEqual(ahead, [1008, 508]);
  assert.deepEqual(sent.splice(0), [
    'oack',
    '1: 500 from 0',
    '2: 500 from 244',
    '3: 500 from 232',
    '4: 500 from 220',
    '4: 500 from 220',
    '5: 500 from 208',
    '6: 500 from 196',
    '7: 0 from undefined',
  ]);
});

test('silence is answered by who began, and by the other one where that one does not', () => {
  const { first, second } = two(lasting());
  first.part.begin(0);
  const due = first.part.due(0);
  assert.ok(second.part.due(0) > due);
  second.part.look(due);
  assert.deepEqual(second.sent, []);
  second.part.look(second.part.due(0));
  assert.deepEqual([first.sent, second.sent], [['1: 512 from 0'], ['1: 512 from 0']]);
  assert.ok(first.part.due(0) > due, 'both see that it was repeated');
});

test('a request that comes again is answered by whichever part is told', () => {
  const { first, second } = two(lasting({ tsize: '0' }));
  first.part.begin(0);
  second.part.feed({ kind: 'again' }, 1);
  assert.deepEqual([first.sent, second.sent], [['oack'], ['oack']]);
});

test('what was ended before it began does not begin, and a part that notices the end says nothing more', () => {
  const { first, second, shared, told } = two(lasting());
  first.part.begin(0);
  second.part.feed({ kind: 'error', code: 0, message: 'enough' }, 1);
  first.part.look(2);
  first.part.ack(1, 3);
  assert.deepEqual([first.sent, first.part.overAt], [['1: 512 from 0'], 2]);
  assert.deepEqual(told, [{ kind: 'carried', id: 7, why: 'the client ended it: enough' }]);

  const late = two(lasting());
  late.shared.state = { ...shared.state!, phase: 'failed' };
  late.first.part.begin(9);
  assert.deepEqual(late.first.sent, []);
});

test('what comes while another thread is at it, and stays so, is lost, and comes again', () => {
  const { first, second, shared } = two(lasting());
  first.part.begin(0);
  assert.ok(shared.lock());
  second.part.ack(1, 1);
  assert.deepEqual(second.sent, []);
  shared.unlock();
  second.part.ack(1, 2);
  assert.deepEqual(second.sent, ['2: 512 from 0']);
});

test('a file that becomes shorter ends it, and the client is told', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-test-'));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'f'), BYTES.subarray(0, 700));
  const descriptor = openSync(join(folder, 'f'), 'r');
  context.after(() => closeSync(descriptor));
  const { first, second, told } = two(lasting(), { descriptor });
  first.part.begin(0);
  second.part.ack(1, 1);
  const why = 'the file became shorter while it was sent';
  assert.deepEqual([first.sent, second.sent], [['1: 512 from 0'], [`error ${why}`]]);
  assert.deepEqual(told, [{ kind: 'carried', id: 7, why }]);
});
