import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../shell/fail.ts';
import { failureText } from './failure.ts';

const file = {};
const failure = new Failure('the disk is full', 'Make room.');

test('a failure is a sentence and a remedy', () => {
  assert.equal(failureText(failure, file, {}), 'error: the disk is full\nremedy: Make room.\n');
});

test('colour only on a terminal, and never with NO_COLOR', () => {
  assert.ok(failureText(failure, { isTTY: true }, {}).startsWith('\u001B[31merror:'));
  assert.ok(!failureText(failure, { isTTY: true }, { NO_COLOR: '1' }).includes('\u001B'));
  assert.ok(!failureText(failure, { isTTY: true }, { TERM: 'dumb' }).includes('\u001B'));
});

test('anything else is a defect, with its place and without a stack', () => {
  const text = failureText(new TypeError('x is not a function'), file, {});
  assert.match(text, /^error: this is a defect in pxen: x is not a function \(src\/cli\/failure\.test\.ts:\d+\)\n/);
  assert.ok(!text.includes('    at '));
  assert.match(failureText('a word', file, {}), /defect in pxen: a word\n/);
});

test('PXEN_DEBUG=1 shows the stack', () => {
  assert.match(failureText(new TypeError('x'), file, { PXEN_DEBUG: '1' }), / {4}at /);
});
