import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ip } from '../../../test/fixtures/dhcp.ts';
import { readCpio } from '../image/cpio.ts';
import { DecodeError } from '../net/bytes.ts';
import type { Mac } from '../net/mac.ts';
import { run } from '../../shell/run.ts';
import { factsCpio, factsText, type Facts } from './facts.ts';

const FACTS: Facts = {
  boot: 'network',
  server: ip('10.1.2.1'),
  mac: '52:54:00:00:00:01' as Mac,
  address: ip('10.1.2.57'),
  prefix: 24,
  gateway: undefined,
  name: 'ada',
  cluster: 'lab',
  release: '1.0-abc',
  profile: 'xen',
  manifest: 'a'.repeat(64),
};

test('a shell reads the facts as they were meant', async () => {
  const script = `${factsText(FACTS)}echo "$PXEN_BOOT $PXEN_ADDRESS [$PXEN_GATEWAY] $PXEN_NAME $PXEN_MANIFEST"`;
  const { stdout } = await run(['/bin/sh', '-u'], { input: script });
  assert.equal(stdout, `network 10.1.2.57/24 [] ada ${'a'.repeat(64)}\n`);
});

test('nothing breaks out of the quotes', () => {
  const evil = "x';reboot;'";
  const values: Partial<Record<keyof Facts, string>>[] = [
    { name: evil },
    { cluster: evil },
    { release: evil },
    { manifest: evil },
    { mac: evil },
    { server: evil },
    { address: evil },
    { gateway: evil },
    { boot: evil },
    { name: 'a\nPXEN_SERVER=1.2.3.4' },
    { name: '' },
  ];
  for (const change of values) assert.throws(() => factsText({ ...FACTS, ...change } as Facts), DecodeError);
});

test('the facts travel as /pxen/facts', () => {
  const [folder, file] = readCpio(
    factsCpio(FACTS, { files: [], overlay: new Map(), authority: undefined, layers: [] }),
  );
  assert.deepEqual([folder?.path, folder?.kind, file?.path], ['pxen', 'directory', 'pxen/facts']);
  assert.equal(file?.kind === 'file' && Buffer.from(file.bytes).toString(), factsText(FACTS));
});
