import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progress } from './terminal.ts';

function shown(isTTY: boolean) {
  let text = '';
  let time = 0;
  const output = { isTTY, columns: 40, write: (part: string) => (text += part) };
  const bar = progress(output, () => time);
  return { bar, pass: (seconds: number) => (time += seconds * 1000), text: () => text };
}

test('a file gets plain lines', () => {
  const { bar, pass, text } = shown(false);
  bar.step('fetching', 'it was never built here');
  pass(3);
  bar.step('unpacking');
  bar.end();
  assert.equal(text(), '- fetching (it was never built here)\n- unpacking\n');
});

test('a terminal gets what each step took', () => {
  const { bar, pass, text } = shown(true);
  bar.step('fetching');
  pass(3);
  bar.step('unpacking');
  pass(61);
  bar.end();
  bar.end();
  assert.match(text(), /✓ fetching 3 s\n/);
  assert.match(text(), /✓ unpacking 61 s\n$/);
});

test('the line of a terminal is drawn while the step lasts', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { bar, text } = shown(true);
  bar.step('a step whose name is longer than the whole terminal is wide');
  t.mock.timers.tick(100);
  const line = text().split('\u001B[K').at(-1) ?? '';
  bar.end();
  assert.ok(line.length < 40 && line.length > 30, line);
});
