import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { diskOf, tinyDrive } from '../../../test/fixtures/tinyDrive.ts';
import { sha256 } from '../../shell/disk.ts';
import { checkDrive } from './check/drive.ts';
import { driveReplacedResult, driveResult, imageResult, loadersResult } from './jsonSchema.ts';

const SCHEMAS = {
  drive: driveResult,
  'drive-replaced': driveReplacedResult,
  image: imageResult,
  loaders: loadersResult,
};

for (const [name, schema] of Object.entries(SCHEMAS)) {
  test(`docs/schema/${name}.json is what the schema says (PXEN_GOLDEN=write rewrites it)`, () => {
    const published = new URL(`../../../docs/schema/${name}.json`, import.meta.url);
    const text = `${JSON.stringify(z.toJSONSchema(schema), undefined, 2)}\n`;
    if (process.env['PXEN_GOLDEN'] === 'write') writeFileSync(published, text);
    assert.equal(readFileSync(published, 'utf8'), text);
  });
}

test('what a check gives is what the schema says', async () => {
  const damaged = tinyDrive();
  damaged[damaged.indexOf('iiiii')] = 0;
  for (const bytes of [tinyDrive(), damaged, new Uint8Array(2 ** 21)]) {
    const report = await checkDrive(diskOf(bytes), sha256, () => undefined);
    driveResult.parse({ schema: 'pxen.drive/1', device: 'x', ...report });
  }
});
