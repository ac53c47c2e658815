import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleLines } from './console.ts';

const lines = (...pieces: readonly string[]): string[] => {
  const reader = new ConsoleLines();
  return pieces.flatMap((piece) => reader.push(piece));
};

test('joins pieces to lines and drops line ends and empty lines', () => {
  assert.deepEqual(lines('ab', 'c\r', '\ndef\r\n\r\n', 'open'), ['abc', 'def']);
});

test('drops what SeaBIOS and OVMF paint with, even when it is cut in two', () => {
  assert.deepEqual(lines('\u001Bc\u001B[?7l\u001B[2J\u001B[0mSeaBIOS (1.16)\r\n'), ['SeaBIOS (1.16)']);
  assert.deepEqual(lines('a\u001B', '[1;37', 'mb\n'), ['ab']);
});

test('a cursor moved elsewhere begins a new line', () => {
  assert.deepEqual(lines('one\u001B[02;01Htwo\u001B[03;01H'), ['one', 'two']);
});

test('a line without end does not grow for ever', () => {
  const reader = new ConsoleLines();
  for (let piece = 0; piece < 100; piece++) reader.push('x'.repeat(1000));
  assert.equal(reader.open.length, 2000);
});
