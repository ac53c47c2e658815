import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/shell/run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const UNIT = join(ROOT, 'deploy', 'systemd', 'pxen-serve.service');
const { code } = await run(['/bin/sh', '-c', 'command -v systemd-analyze'], { accept: [0, 1, 127] });
const skip = code === 0 ? false : 'the program systemd-analyze is not installed';

test('systemd takes the unit of the boot server without a word', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-unit-'));
  try {
    // The program stands elsewhere here, and systemd looks whether it is there.
    const text = (await readFile(UNIT, 'utf8')).replaceAll('/opt/pxen', ROOT);
    await writeFile(join(folder, 'pxen-serve.service'), text);
    const { stdout, stderr } = await run(['systemd-analyze', 'verify', '--man=no', join(folder, 'pxen-serve.service')]);
    assert.equal(stdout + stderr, '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the unit starts what the README says, and lets it write only to its folder', async () => {
  const text = await readFile(UNIT, 'utf8');
  assert.match(text, /^ExecStart=\/opt\/pxen\/pxen serve \/srv\/pxen$/m);
  assert.match(text, /^ReadWritePaths=\/srv\/pxen$/m);
  assert.match(text, /^Restart=always$/m);
});
