import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asMachinesFit } from './labFiles.ts';

const paths = (...names: string[]): string[] => names.map((name) => `/x/test/lab/${name}.test.ts`);

test('what builds the drive comes first and alone, what nobody knows comes last and alone', () => {
  const { files, room } = asMachinesFit(paths('build', 'new', 'boot', 'drive', 'settings'));
  assert.deepEqual(
    files.map(({ path, load }) => [path, load]),
    paths('drive', 'boot', 'build', 'settings', 'new').map((path, at) => [
      path,
      [room, Math.min(2, room), Math.min(2, room), 1, room][at],
    ]),
  );
  assert.ok(room >= 1);
  // It goes to another process as JSON, which knows no Infinity.
  assert.deepEqual(JSON.parse(JSON.stringify(files)), files);
});
