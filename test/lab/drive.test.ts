import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureDrive } from '../../src/build/main.ts';
import { checkDrive } from '../../lab/checks.ts';

/** The drive that the other files of this ring boot from; built here, before any of them begins, where it is not built yet. */

test('the drive of this checkout can be built', { timeout: 60 * 60_000 }, async () => {
  const drive = await ensureDrive((what) => process.stderr.write(`${what}\n`));
  await assert.doesNotReject(checkDrive(drive));
});
