import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDate, parseHttpDate } from './date.ts';

test('dates are written as the rest of the world writes them, and read back', () => {
  assert.equal(httpDate(784_111_777_000), 'Sun, 06 Nov 1994 08:49:37 GMT');
  for (let day = -800; day < 60_000; day += 13) {
    const at = day * 86_400_000 + (day % 86_400) * 1000;
    assert.equal(httpDate(at), new Date(at).toUTCString());
    assert.equal(parseHttpDate(httpDate(at)), at);
  }
  for (const leap of ['2000-02-29', '2024-12-31', '2100-02-28', '2100-03-01', '1970-01-01']) {
    assert.equal(httpDate(Date.parse(leap)), new Date(leap).toUTCString());
  }
});

test('what is no date of HTTP is none', () => {
  for (const text of ['', 'yesterday', 'Sun, 06 Nov 94 08:49:37 GMT', 'Sun, 06 Foo 1994 08:49:37 GMT', '0']) {
    assert.equal(parseHttpDate(text), undefined, text);
  }
});
