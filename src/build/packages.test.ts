import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { Failure } from '../shell/fail.ts';
import { PrivateApt } from './packages.ts';

test('a mirror that cannot be reached is one sentence, with what to do', async (t) => {
  // Nobody listens on the discard port of this machine.
  await assert.rejects(PrivateApt.open(folderFor(t), 'http://127.0.0.1:9/debian'), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /^the archive http:\/\/127\.0\.0\.1:9\/debian cannot be reached: /);
    assert.match(error.remedy, /network/);
    return true;
  });
});
