import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutPasswords } from './withoutPasswords.ts';

const cases: readonly (readonly [line: string, shown: string])[] = [
  ['  password: $6$abc$def', '  password: **********'],
  ['  password: "a b, c" # mine', '  password: ******** # mine'],
  ["  password: 'it''s', uid: 3", '  password: *******, uid: 3'],
  ['  password: "never closed', '  password: *************'],
  ['  "password": hunter2 and more', '  "password": ****************'],
  ['{ password: a,b,c, root: true }', '{ password: *****, root: true }'],
  ['  passwd: hunter2', '  passwd: *******'],
  ['  operatorToken: abc', '  operatorToken: ***'],
  ['  password: { secret: root }', '  password: { secret: root }'],
  ['  password:', '  password:'],
  ['  name: ada', '  name: ada'],
  ['a: 1\npassword: x y\nb: 2\n', 'a: 1\npassword: ***\nb: 2\n'],
];

for (const [line, shown] of cases) {
  test(`${JSON.stringify(line)} is shown without its password`, () => assert.equal(withoutPasswords(line), shown));
}
