import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Options } from '../../src/core/dhcp/options.ts';
import type { DhcpPacket } from '../../src/core/dhcp/packet.ts';
import { mac } from '../fixtures/cluster.ts';
import { BOOT_FILES, dora, SERVER, startRig, type Rig } from '../fixtures/rig.ts';
import { TftpClient } from '../fixtures/tftp-client.ts';

/** U-Boot by its own class and a pxelinux.cfg, as test/vectors/captures/u-boot-pxelinux.txt has it say and ask. */

const uBoot = (vendorClass: string, arch: number): Options => ({
  vendorClass,
  arch: [arch],
  parameters: [1, 3, 6, 12, 17],
  maxSize: 576,
});
const ARM64 = uBoot('U-Boot.armv8', 22);

const pattern = (size: number, seed: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 7 + seed + (at >> 8)) & 0xff));
/** More than is read at once; the second begins behind zeros. */
const [KERNEL, FIRST, SECOND] = [pattern(300_000, 1), pattern(300_001, 2), pattern(5000, 3)];
const FILES = new Map<string, Uint8Array>([
  ...BOOT_FILES,
  ['loaders/ipxe-arm64.efi', pattern(9000, 4)],
  ['pi/Image', KERNEL],
  ['pi/first', FIRST],
  ['pi/second', SECOND],
]);
const CLUSTER = {
  boot: { default: 'pi' },
  profiles: {
    pi: { payload: { kind: 'linux', kernel: 'pi/Image', initrd: ['pi/first', 'pi/second'], args: ['x=1'] } },
  },
};

/** What U-Boot does with what it is told: every path behind the folder of its boot file. */
async function pxelinux(rig: Rig, { file, yiaddr, siaddr }: DhcpPacket) {
  assert.equal(siaddr, SERVER);
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const get = (path: string): Promise<Uint8Array | string> =>
    new TftpClient(rig, yiaddr).get(`${folder}${path}`, { timeout: '5', blksize: '1468' });
  const config = Buffer.from(await get('pxelinux.cfg/01-52-54-00-00-00-01')).toString();
  const path = (key: string): string => new RegExp(`^  ${key} (\\S+)$`, 'm').exec(config)?.[1] ?? '';
  return { config, kernel: () => get(path('kernel')), initrd: () => get(path('initrd')) };
}

const steps = ({ host0 }: Rig): string[] => host0.boot.timelines.of(mac(1)).map(({ step }) => step);

test('G: U-Boot is told where to fetch from, and gets its kernel, and all its initrds as one file', async () => {
  const rig = await startRig({ cluster: CLUSTER, files: FILES });
  const ack = await dora(rig, mac(1), ARM64);
  assert.equal(ack.file, 'loaders/ipxe-arm64.efi');
  const told = await pxelinux(rig, ack);
  assert.match(told.config, /append x=1$/m);
  assert.deepEqual(await told.kernel(), KERNEL);
  assert.deepEqual(await told.initrd(), Buffer.concat([FIRST, Buffer.alloc(3), SECOND]));
  assert.deepEqual(steps(rig), ['dhcp', 'config', 'kernel', 'initrd', 'handed over']);
  await rig.host0.stop();
});

test('G: U-Boot that there is no loader for is told where to fetch from all the same', async () => {
  const rig = await startRig({ cluster: CLUSTER, files: FILES });
  const ack = await dora(rig, mac(1), uBoot('U-Boot.armv7', 21));
  assert.equal(ack.file, '');
  assert.deepEqual(await (await pxelinux(rig, ack)).kernel(), KERNEL);
  await rig.host0.stop();
});

test("G: the script that U-Boot asks for is made for it, and one's own goes before", async () => {
  const script = async (more: readonly (readonly [string, Uint8Array])[]): Promise<Buffer> => {
    const rig = await startRig({ cluster: CLUSTER, files: new Map([...FILES, ...more]) });
    const { yiaddr } = await dora(rig, mac(1), ARM64);
    const got = Buffer.from(await new TftpClient(rig, yiaddr).get('boot.scr.uimg', { timeout: '5' }));
    assert.deepEqual(steps(rig), ['dhcp', 'config']);
    await rig.host0.stop();
    return got;
  };
  assert.match((await script([])).toString('latin1'), /pxe get && pxe boot\n$/);
  assert.equal((await script([['boot.scr.uimg', Buffer.from('mine')]])).toString(), 'mine');
});

test('G: a file that the profile of a U-Boot names and that is missing is named in the log', async () => {
  const files = new Map([...FILES].filter(([path]) => path !== 'pi/second'));
  const rig = await startRig({ cluster: CLUSTER, files });
  const told = await pxelinux(rig, await dora(rig, mac(1), ARM64));
  assert.equal(await told.initrd(), 'no such file');
  assert.match(
    rig.log.of('BOOT_SCRIPT_REFUSED').join('\n'),
    /boot\/pi\/second of profile pi is not on the boot server/,
  );
  await rig.host0.stop();
});

test('G: what U-Boot does not start it is told in words, and a machine that must not boot is told nothing', async () => {
  const rig = await startRig({ cluster: { boot: { default: 'xen' } }, files: FILES });
  const told = await pxelinux(rig, await dora(rig, mac(1), ARM64));
  assert.match(told.config, /menu label pxen: profile xen is of the kind xen, which iPXE starts and U-Boot does not/);
  await rig.host0.stop();
  const hosts = [{ mac: mac(1), name: 'ada', boot: 'deny' }];
  const denied = await startRig({ cluster: { ...CLUSTER, hosts }, files: FILES });
  await assert.rejects(dora(denied, mac(1), ARM64), /no reply/);
  await denied.host0.stop();
});
