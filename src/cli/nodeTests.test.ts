import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { folderFor } from '../../test/fixtures/archive.ts';
import { whyNot } from '../../lab/segment.ts';
import { runTests, type Order } from './nodeTests.ts';
import { Tally } from './tally.ts';

const noSpaces = await whyNot([]);
const HOUR = 3_600_000;

/** A file of tests: the first passes, the second leaves a process, a folder and a namespace behind and never ends. */
const ENDLESS = (notes: string, makesSpace: boolean): string => `
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
test('one', () => undefined);
test('two', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'left-'));
  const space = 'pxq' + process.pid + 's';
  if (${makesSpace}) execFileSync('ip', ['netns', 'add', space]);
  const child = spawn('sleep', ['1000']);
  writeFileSync(${JSON.stringify(notes)}, JSON.stringify({ folder, space, pid: child.pid }));
  await new Promise(() => setInterval(() => undefined, 1000));
});
`;

interface Left {
  readonly folder: string;
  readonly space: string;
  readonly pid: number;
}

async function shown(file: string): Promise<Left> {
  for (let tries = 0; !existsSync(file) || readFileSync(file, 'utf8') === ''; tries += 1) {
    assert.ok(tries < 600, `${file} does not appear`);
    await sleep(50);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Left; // What ENDLESS writes.
}

/** A zombie is dead: only whoever adopted it has not looked yet. */
function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !readFileSync(stat, 'latin1').includes(') Z ');
}

function checkNothingLeft({ folder, space, pid }: Left): void {
  assert.ok(!isAlive(pid), 'the process of a test still runs');
  assert.ok(!existsSync(folder), 'the folder of a test is still there');
  assert.ok(!existsSync(`/run/netns/${space}`), 'the namespace of a test is still there');
}

function counting(): { readonly tally: Tally; readonly text: () => string } {
  let text = '';
  return { tally: new Tally((part) => (text += part), false), text: () => text };
}

const orderOf = (...paths: string[]): Order => ({ files: paths.map((path) => ({ path, load: 1 })), room: 2 });

test('tests that are ended leave no process, no folder and no namespace behind', async (t) => {
  const folder = folderFor(t);
  const [file, notes] = [join(folder, 'endless.test.mjs'), join(folder, 'notes')];
  writeFileSync(file, ENDLESS(notes, noSpaces === false));
  const ending = new AbortController();
  const running = runTests(orderOf(file), HOUR, counting().tally, ending.signal);
  const left = await shown(notes);
  assert.ok(isAlive(left.pid) && existsSync(left.folder));
  ending.abort();
  await running;
  checkNothingLeft(left);
});

test('tests that do not end in time are named, those before them are counted, and nothing is left', async (t) => {
  const folder = folderFor(t);
  const [file, notes] = [join(folder, 'endless.test.mjs'), join(folder, 'notes')];
  writeFileSync(file, ENDLESS(notes, noSpaces === false));
  const { tally, text } = counting();
  const running = runTests(orderOf(file), 5000, tally, new AbortController().signal);
  await running;
  checkNothingLeft(await shown(notes));
  tally.total();
  assert.match(text(), /endless\.test\.mjs:\d+/);
  assert.match(text(), /\n1 passed, [12] failed\n$/);
});

test('passed, failed and skipped tests and empty files are counted', async (t) => {
  const folder = folderFor(t);
  const head = "import { test } from 'node:test';\n";
  const files = Object.entries({
    'a.test.mjs': `${head}test('good', () => console.log('as the file told')); test('bad', () => { throw new Error('it broke'); });`,
    'b.test.mjs': `${head}console.log('nobody wants to know'); test('none', { skip: 'no such disk' }, () => undefined);`,
    'c.test.mjs': '',
  }).map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
  const { tally, text } = counting();
  await runTests(orderOf(...files), HOUR, tally, new AbortController().signal);
  tally.total();
  assert.match(text(), /FAILED \S+a\.test\.mjs:2 bad\n {4}Error: it broke\n/);
  assert.match(text(), /what \S+a\.test\.mjs printed:\n {4}as the file told\n/);
  assert.doesNotMatch(text(), /nobody wants to know/);
  assert.match(text(), /skipped \S+b\.test\.mjs:2 none: no such disk\n/);
  assert.match(text(), /FAILED \S+c\.test\.mjs:1\n {4}the file holds no test\n/);
  assert.match(text(), /1 skipped\n1 passed, 2 failed\n$/);
});

test('pxen test that is told to end does so, and says it in its last lines', async () => {
  const pxen = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'test', 'types', 'format']);
  let said = '';
  pxen.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said === '== types\n') pxen.kill('SIGTERM');
  });
  const [code] = await once(pxen, 'close');
  assert.equal(code, 1);
  assert.match(said, /FAILED the ring types could not run\n {4}it was ended by SIGTERM\n/);
  assert.match(said, /\n0 passed, 1 failed\n$/);
  assert.doesNotMatch(said, /== format/);
});
