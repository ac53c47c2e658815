import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valuesOf, settingsFor } from '../core/cluster/settings.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeFiles } from '../shell/fake/files.ts';
import type { Files } from '../shell/files.ts';
import { openClusterFile } from './clusterFile.ts';

const TEXT = 'version: 1\ncluster: { name: lab }\naddons:\n  router: {}\n  off: { enabled: false }\n';
const ROUTER = 'addons/router/addon.yaml';
const FORWARD = 'sysctl: { net.ipv4.ip_forward: 1 }\n';

/** A folder whose files can be changed; each change has a time of its own. */
function folder(texts: Record<string, string>) {
  const held = new Map<string, Uint8Array>();
  let changes = 0;
  const put = (path: string, text: string | undefined): void => {
    changes += 1;
    if (text === undefined) held.delete(path);
    else held.set(path, Buffer.from(text));
  };
  for (const [path, text] of Object.entries(texts)) put(path, text);
  const files: Files = {
    ...fakeFiles(held),
    info: async (path) => {
      const bytes = held.get(path);
      return bytes === undefined ? undefined : { size: bytes.length, modified: changes };
    },
  };
  return { files, put };
}

async function opened(texts: Record<string, string>) {
  const { files, put } = folder({ 'cluster.yaml': TEXT, ...texts });
  const log = new FakeLog();
  const file = await openClusterFile(files, log);
  const sysctl = (): string[] => valuesOf(settingsFor({ labels: {} }, file.current()).sysctl);
  return { file, put, log, sysctl };
}

test('what an add-on says is in force with cluster.yaml, and follows its file', async () => {
  const { file, put, log, sysctl } = await opened({ [ROUTER]: FORWARD });
  assert.deepEqual([sysctl(), file.warnings()], [['1'], []]);
  const before = file.current();
  await file.check();
  assert.equal(file.current(), before, 'whoever looks for changes sees none');
  put(ROUTER, FORWARD.replace('1', '0'));
  await file.check();
  assert.deepEqual(sysctl(), ['0']);
  assert.equal(log.of('BOOT_ADDON_READ').length, 1);
  put('cluster.yaml', `${TEXT}# a comment\n`);
  await file.check();
  assert.equal(log.of('BOOT_ADDON_READ').length, 1, 'it is what it was');
});

test('an add-on that gets a mistake, or goes, is in force as it was, and everybody is told where', async () => {
  const { file, put, log, sysctl } = await opened({ [ROUTER]: FORWARD });
  put(ROUTER, 'sysctls: {}\n');
  await file.check();
  assert.deepEqual(sysctl(), ['1']);
  assert.match(
    file.warnings().join(),
    /the add-on router is in force as it was before: addons\/router\/addon\.yaml:1:1: /,
  );
  assert.match(log.of('BOOT_ADDON')[0] ?? '', /Did you mean `sysctl`/);
  put(ROUTER, undefined);
  await file.check();
  assert.deepEqual(sysctl(), ['1']);
  assert.match(file.warnings().join(), /router is in force as it was before: there is no addons\/router\/addon\.yaml/);
  put(ROUTER, 'sysctl: { vm.swappiness: 7 }\n');
  await file.check();
  assert.deepEqual([sysctl(), file.warnings()], [['7'], []]);
});

test('an add-on that was never there is left out: the cluster is served without it', async () => {
  const { file, put, sysctl } = await opened({});
  assert.deepEqual(sysctl(), []);
  assert.match(file.warnings().join(), /the add-on router is left out: there is no addons\/router\/addon\.yaml/);
  put('cluster.yaml', TEXT.replace('router: {}', 'router: { enabled: false }'));
  await file.check();
  assert.deepEqual(file.warnings(), [], 'nobody asks for it any more');
  put(ROUTER, FORWARD);
  put('cluster.yaml', `${TEXT}# on again\n`);
  await file.check();
  assert.deepEqual(sysctl(), ['1']);
});

test('bytes that are no text are no add-on', async () => {
  const { files } = folder({ 'cluster.yaml': TEXT });
  const wrong: Files = {
    ...files,
    info: async (path) => (path === ROUTER ? { size: 1, modified: 1 } : files.info(path)),
    bytes: async (path) => (path === ROUTER ? Uint8Array.of(0xff) : files.bytes(path)),
  };
  const file = await openClusterFile(wrong, new FakeLog());
  assert.match(file.warnings().join(), /router is left out: addons\/router\/addon\.yaml:1:1: it is not text in UTF-8/);
});
