import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { BYTES, carriageTo, clientOf, fetchAll, sendTo } from '../../../test/fixtures/carrying.ts';
import { carry } from './carry.ts';
import { allThreads, type Thread } from './threads.ts';

/** Ends a thread by what a defect would end it by: something that it cannot carry out. */
async function end(thread: Thread): Promise<void> {
  thread.order({ kind: 'carry' } as never);
  while (thread.works) await new Promise((resolve) => setTimeout(resolve, 5));
}

test(
  'a thread that ends leaves its transfers to the others; without any, carrying is left to others',
  { skip: availableParallelism() > 1 ? false : 'one processor has one thread' },
  async (context) => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => clientOf(context)));
    const carried = await Promise.all(clients.map((client) => sendTo(client, { blksize: '512' })));
    const [first, ...others] = allThreads();
    assert.ok(first !== undefined && others.length > 0);
    const fetching = clients.map((client) => fetchAll(client, 512, 1));
    await end(first);
    for (const { bytes } of await Promise.all(fetching)) assert.ok(bytes.equals(BYTES));
    for (const one of carried) assert.equal((await one.end).phase, 'done');

    const client = await clientOf(context);
    const last = await sendTo(client);
    await Promise.all(others.map(end));
    const { phase, why } = await last.end;
    assert.deepEqual([phase, why], ['failed', 'a thread that sent it has ended']);
    assert.equal(carry(carriageTo(client)), undefined);
  },
);
