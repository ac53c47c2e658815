import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../test/fixtures/cluster.ts';
import { fakeFiles } from '../shell/fake/files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { bootsXen, releaseProblem, tellLacks, withInstalled } from './serveFolder.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const own = fakeFiles(
  new Map([
    ['loaders/undionly.kpxe', bytes('mine')],
    ['snponly.efi', bytes('no loader')],
  ]),
);
const installed = {
  folder: '/usr/lib/ipxe',
  files: fakeFiles(
    new Map([
      ['undionly.kpxe', bytes('theirs')],
      ['snponly.efi', bytes('theirs')],
      ['secret', bytes('theirs')],
    ]),
  ),
};
const all = withInstalled(own, installed);
const text = async (path: string): Promise<string> => Buffer.from(await all.bytes(path)).toString();

test('a loader that the folder lacks is the installed one; the folder goes before it', async () => {
  assert.equal(await text('loaders/undionly.kpxe'), 'mine');
  assert.equal(await text('loaders/snponly.efi'), 'theirs');
  const opened = await all.open('loaders/snponly.efi');
  assert.equal(opened?.info.size, 6);
  const pieces: Uint8Array[] = [];
  for await (const piece of all.stream('loaders/snponly.efi', 0, 5)) pieces.push(piece);
  assert.equal(Buffer.concat(pieces).toString(), 'their');
});

test('nothing else of the installed folder can be reached', async () => {
  for (const path of ['secret', 'loaders/secret', 'loaders/../secret', 'undionly.kpxe'])
    assert.equal(await all.info(path), undefined, path);
});

test('what a folder lacks is told: files that are named, and loaders of usual firmware', async () => {
  const log = new FakeLog();
  const named = cluster({ profiles: { own: { payload: { kind: 'linux', kernel: 'own/vmlinuz' } } } });
  await tellLacks(named, { own, all, installed }, log);
  const [first, second, ...rest] = log.said.map((one) => one.text);
  assert.match(first ?? '', /boot\/own\/vmlinuz/);
  assert.match(second ?? '', /loaders from \/usr\/lib\/ipxe, where boot\/loaders has none: snponly\.efi/);
  assert.deepEqual(rest, []);
  const bare = new FakeLog();
  await tellLacks(cluster(), { own: fakeFiles(new Map()), all: fakeFiles(new Map()), installed }, bare);
  const lacks = bare.of('SERVE_NO_LOADER');
  assert.equal(lacks.length, 2);
  assert.match(lacks.join('\n'), /no boot\/loaders\/undionly\.kpxe.*\n.*no boot\/loaders\/snponly\.efi/);
});

test('a release that is not whole is told with the file', async () => {
  const manifest = { release: 'r1', files: [{ name: 'xen', size: 3, sha256: '', chunks: [] }] };
  const served = { release: 'r1', manifest, sha256: '' };
  const at = (content: string) => fakeFiles(new Map([['releases/r1/xen', bytes(content)]]));
  assert.equal(await releaseProblem(served, at('xen')), undefined);
  assert.equal(await releaseProblem(served, at('xe')), 'boot/releases/r1/xen has 2 bytes and not 3');
  assert.equal(await releaseProblem(served, fakeFiles(new Map())), 'boot/releases/r1/xen is not there');
});

test('hosts of the cluster are meant unless nothing that is named boots them', () => {
  const profiles = { own: { payload: { kind: 'local' } } };
  assert.equal(bootsXen(cluster()), true);
  assert.equal(bootsXen(cluster({ profiles, boot: { default: 'own', unknown: 'ignore' } })), false);
  assert.equal(bootsXen(cluster({ profiles, boot: { default: 'own', unknown: 'discovery' } })), true);
});
