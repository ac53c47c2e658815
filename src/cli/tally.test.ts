import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checks } from './checks.ts';
import { Tally } from './tally.ts';

function written(strict: boolean, work: (tally: Tally) => void): string {
  let text = '';
  const tally = new Tally((part) => (text += part), strict);
  work(tally);
  tally.total();
  return text;
}

test('the last line counts passed and failed, with nothing after it', () => {
  const text = written(true, (tally) => {
    tally.begin('unit');
    tally.pass();
    tally.pass();
    tally.fail('a test', new Error('no'));
    tally.end();
  });
  assert.match(text, /\n2 passed, 1 failed\n$/);
  assert.match(text, /FAILED a test\n {4}Error: no\n/);
});

test('a long file has a line with its seconds, and what a failed one printed is shown whole', () => {
  const text = written(false, (tally) => {
    tally.file('test/short.test.ts', 0.2, '');
    tally.file('test/long.test.ts', 61.44, 'one\ntwo\n');
  });
  assert.equal(
    text,
    'what test/long.test.ts printed:\n    one\n    two\n    61.4 s  test/long.test.ts\n0 passed, 0 failed\n',
  );
});

test('a skipped test shows its reason; it fails in CI, and everywhere without a reason', () => {
  const skip = (reason: string) => (tally: Tally) => tally.skip('a test', reason);
  assert.match(written(false, skip('no such disk')), /skipped a test: no such disk\n1 skipped\n0 passed, 0 failed\n$/);
  assert.match(written(true, skip('no such disk')), /no such disk\n0 passed, 1 failed\n$/);
  assert.match(written(false, skip('')), /0 passed, 1 failed\n$/);
});

test('a check that fails shows what its command said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pxen-'));
  const script = join(folder, 'check.js');
  writeFileSync(script, 'process.stdout.write("line 3 is wrong"); process.exit(Number(process.argv[2]))');
  let text = '';
  const tally = new Tally((part) => (text += part), true);
  const check = (code: string) => ({ name: `check ${code}`, command: [process.execPath, script, code] });
  await checks([check('0'), check('7')])(tally, new AbortController().signal);
  rmSync(folder, { recursive: true });
  assert.equal(text, 'FAILED check 7\n    line 3 is wrong\n');
  assert.equal(tally.failed, 1);
});
