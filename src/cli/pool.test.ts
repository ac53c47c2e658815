import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { pooled } from './pool.ts';

/** Works by name that run until they are ended; gives those that run, in the order in which they began. */
function begun(loads: Readonly<Record<string, number>>, room: number) {
  const running = new Map<string, () => void>();
  const works = Object.entries(loads).map(([name, load]) => ({ name, load }));
  const over = pooled(works, room, ({ name }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    running.set(name, resolve);
    return promise;
  });
  const end = async (name: string): Promise<string> => {
    running.get(name)?.();
    running.delete(name);
    await setImmediate();
    return [...running.keys()].join(' ');
  };
  return { over, end };
}

test('works run together as far as they fit, and what fits goes before what has to wait', async () => {
  const { over, end } = begun({ a: 1, b: 2, c: 1, d: 1 }, 2);
  assert.equal(await end(''), 'a c');
  assert.equal(await end('a'), 'c d');
  assert.equal(await end('c'), 'd');
  assert.equal(await end('d'), 'b');
  assert.equal(await end('b'), '');
  await over;
});

test('a work that is larger than the room has it to itself', async () => {
  const { over, end } = begun({ large: Infinity, a: 1, b: 5 }, 2);
  assert.equal(await end(''), 'large');
  assert.equal(await end('large'), 'a');
  assert.equal(await end('a'), 'b');
  await end('b');
  await over;
});

test('no work is over at once; one that fails is told', async () => {
  await pooled([], 2, () => Promise.reject(new Error('never')));
  await assert.rejects(
    pooled([{ load: 1 }], 2, () => Promise.reject(new Error('it broke'))),
    /it broke/,
  );
});
