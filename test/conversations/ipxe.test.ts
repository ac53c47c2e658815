import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { driven, plugged } from '../fixtures/clients/drive.ts';
import { edk2Pxe } from '../fixtures/clients/edk2.ts';
import { ipxeDhcp, type IpxeTraits } from '../fixtures/clients/ipxe.ts';
import { ipxeAutoboot, type IpxeEnd } from '../fixtures/clients/ipxeBoot.ts';
import { expanded, runScript } from '../fixtures/clients/ipxeScript.ts';
import { RIVAL, startRival } from '../fixtures/clients/rival.ts';
import { SystemClient } from '../fixtures/clients/system.ts';
import { mac } from '../fixtures/cluster.ts';
import { BOOT_FILES, RELEASE, SERVER, startRig, type Rig } from '../fixtures/rig.ts';

/** iPXE by the rules of its own code, before the whole server. */

const UEFI: IpxeTraits = { arch: 7, features: [FEATURE.http, FEATURE.efi] };
const BIOS: IpxeTraits = { arch: 0, features: [FEATURE.http, FEATURE.multiboot] };

const boot = (rig: Rig, n: number, traits: IpxeTraits): Promise<IpxeEnd> =>
  driven(rig.clock, ipxeAutoboot(plugged(rig, mac(n)), traits), 3_600_000);

/** What a script booted, by name, held against the files of the release. */
function handedOver(end: IpxeEnd): string[] {
  assert.ok(end.kind === 'script' && end.end.kind === 'booted', JSON.stringify(end));
  for (const name of ['xen', 'xen.efi', 'vmlinuz']) {
    const image = end.end.images.get(name);
    if (image !== undefined) assert.ok(Buffer.from(BOOT_FILES.get(`releases/${RELEASE}/${name}`) ?? []).equals(image));
  }
  return [...end.end.images.keys()];
}

test('A10, B8: iPXE, whose class is bare text, is given its script and boots what it says', async () => {
  const rig = await startRig();
  assert.deepEqual(handedOver(await boot(rig, 1, UEFI)), ['xen.efi', 'xen.cfg', 'vmlinuz', 'initrd', 'microcode']);
  assert.deepEqual(handedOver(await boot(rig, 2, BIOS)), ['xen', 'vmlinuz', 'initrd', '00060fb1']);
  await rig.host0.stop();
});

test('B9: firmware that is iPXE and cannot boot Xen gets our loader by a whole URL, once', async () => {
  const rig = await startRig();
  const end = await boot(rig, 1, { arch: 0, features: [] });
  assert.ok(end.kind === 'loader');
  assert.ok(Buffer.from(BOOT_FILES.get('loaders/undionly.kpxe') ?? []).equals(end.bytes));
  await rig.host0.stop();
});

test('C24: where we are the only server, iPXE does not wait two seconds for a proxy', async () => {
  const rig = await startRig();
  const lease = await driven(rig.clock, ipxeDhcp(plugged(rig, mac(1)), UEFI));
  assert.ok(lease !== undefined && lease.took < 1000, `${lease?.took} ms`);
  await rig.host0.stop();
});

test('C25: iPXE prefers our offer to a router that answers later or earlier', async () => {
  for (const [ours, theirs] of [
    [1, 20],
    [20, 1],
  ] as const) {
    const rig = await startRig({ intercept: ({ from }) => [from.address === RIVAL ? theirs : ours] });
    const rival = await startRival(rig.network);
    // A router's offer alone is waited upon for two seconds, so that ours comes in time.
    handedOver(await boot(rig, 1, UEFI));
    rival.close();
    await rig.host0.stop();
  }
});

test('E14: iPXE passes over a NAK of another server', async () => {
  const rig = await startRig({ intercept: ({ from }) => [from.address === RIVAL ? 1 : 20] });
  const rival = await startRival(rig.network, { naks: true });
  handedOver(await boot(rig, 1, UEFI));
  rival.close();
  await rig.host0.stop();
});

test('A12, D14: a link that is blocked for the first seven seconds delays iPXE and nothing more', async () => {
  const rig: Rig = await startRig({ intercept: () => (rig.clock.now() < 7000 ? [] : [1]) });
  handedOver(await boot(rig, 1, UEFI));
  await rig.host0.stop();
});

test('D9: iPXE would drop a reply from another port than 67', async () => {
  const ports = new Set<number>();
  const rig = await startRig({
    intercept: ({ from, to }) => {
      if (from.address === SERVER && to.port === 68) ports.add(from.port);
      return [1];
    },
  });
  handedOver(await boot(rig, 1, UEFI));
  assert.deepEqual([...ports], [67]);
  await rig.host0.stop();
});

test('C23: firmware, iPXE and the system of one machine get one address, though each calls itself otherwise', async () => {
  const rig = await startRig();
  const firmware = await driven(rig.clock, edk2Pxe(plugged(rig, mac(1), 1)));
  const ipxe = await driven(rig.clock, ipxeDhcp(plugged(rig, mac(1), 2), UEFI));
  const system = await driven(rig.clock, new SystemClient(plugged(rig, mac(1), 3)).bind());
  assert.ok(firmware.kind === 'loaded');
  assert.deepEqual([ipxe?.address, system?.address], [firmware.address, firmware.address]);
  await rig.host0.stop();
});

test('a server that is away while a script runs is waited for', async () => {
  const files = new Map(BOOT_FILES);
  const [path, kept] = [`releases/${RELEASE}/vmlinuz`, BOOT_FILES.get(`releases/${RELEASE}/vmlinuz`)];
  files.delete(path);
  const rig = await startRig({ files });
  const work = ipxeAutoboot(plugged(rig, mac(1)), UEFI);
  await rig.clock.pass(60_000);
  files.set(path, kept ?? new Uint8Array());
  const end = await driven(rig.clock, work, 3_600_000);
  handedOver(end);
  assert.ok(end.kind === 'script' && end.end.said.some((text) => text.includes('try')), 'it says that it tries again');
  await rig.host0.stop();
});

test('a script runs as iPXE runs it', async () => {
  const rig = await startRig();
  const settings = new Map([
    ['platform', 'efi'],
    ['deep', '${platform}'],
  ]);
  assert.equal(expanded('${deep:string}-${none}-${platform}', settings), 'efi--efi');
  const fetch = async (): Promise<never> => {
    throw new Error('no');
  };
  const lines = [
    '#!ipxe',
    'set n:int32 0',
    ':top',
    'inc n',
    'iseq ${n} 3 && goto out ||',
    'kernel http://x/y || goto top',
  ];
  const text = [...lines, 'echo never', ':out', 'echo ${n} times', 'nonsense || echo unknown', 'exit'].join('\n');
  const end = await driven(rig.clock, runScript(text, { clock: rig.clock, settings, fetch }));
  assert.deepEqual([end.kind, end.said], ['exit', ['3 times', 'unknown']]);
  await rig.host0.stop();
});
