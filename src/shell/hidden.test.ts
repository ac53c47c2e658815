import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Failure } from './fail.ts';
import { typed } from './hidden.ts';

async function line(...keys: readonly string[]): Promise<string> {
  const terminal = new PassThrough({ encoding: 'utf8' });
  const read = typed(terminal);
  for (const key of keys) terminal.write(key);
  return read;
}

test('a line ends with Enter, however its keys come', async () => {
  assert.equal(await line('h', 'un', 'ter2\r'), 'hunter2');
  assert.equal(await line('caf\u00E9 \u{1F511}\n'), 'caf\u00E9 \u{1F511}');
});

test('Backspace takes the last character back, Ctrl-U all of them', async () => {
  assert.equal(await line('ab\u007Fc\b\r'), 'a');
  assert.equal(await line('\u007Fx\u{1F511}\u007F\r'), 'x');
  assert.equal(await line('wrong\u0015right\r'), 'right');
});

test('Ctrl-C breaks off', () => assert.rejects(line('abc\u0003'), Failure));
