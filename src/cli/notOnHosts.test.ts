import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../shell/fail.ts';
import { notOnHosts } from './notOnHosts.ts';

const absent = Object.assign(new Error('no such file'), { code: 'ERR_MODULE_NOT_FOUND' });

test('a part that stays at home is one sentence on a host; in a checkout it is a defect, as everything else is', () => {
  const said = notOnHosts('serve --init', absent, true);
  assert.ok(said instanceof Failure);
  assert.deepEqual([said.message, said.exit], ['a host has no pxen serve --init', 2]);
  assert.equal(notOnHosts('serve --init', absent, false), absent);
  const other = new Error('it broke');
  assert.equal(notOnHosts('serve --init', other, true), other);
});
