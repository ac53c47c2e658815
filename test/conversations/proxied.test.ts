import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { Reply } from '../fixtures/clients/bytes.ts';
import { driven, plugged } from '../fixtures/clients/drive.ts';
import { edk2HttpBoot, edk2Pxe } from '../fixtures/clients/edk2.ts';
import { parseOffer } from '../fixtures/clients/edk2Offer.ts';
import { ipxeAutoboot } from '../fixtures/clients/ipxeBoot.ts';
import { piBoot, piSerial, PI_OUI } from '../fixtures/clients/pi.ts';
import { RIVAL, startRival, type Rival } from '../fixtures/clients/rival.ts';
import { SystemClient } from '../fixtures/clients/system.ts';
import { mac } from '../fixtures/cluster.ts';
import { BOOT_FILES, NETWORK, SERVER, startRig, type Rig, type RigOptions } from '../fixtures/rig.ts';

/** A network whose addresses come from a router: this server only says what to boot. Clients by the rules of their own code. */

const file = (path: string): Buffer => Buffer.from(BOOT_FILES.get(path) ?? []);

interface Proxied {
  readonly rig: Rig;
  readonly rival: Rival;
  /** Offers of this server. */
  readonly offers: Reply[];
}

async function proxied(wishes: RigOptions = {}): Promise<Proxied> {
  const offers: Reply[] = [];
  const intercept: RigOptions['intercept'] = (datagram) => {
    if (datagram.from.address === SERVER && datagram.from.port === 67) offers.push(new Reply(datagram.bytes.slice()));
    return wishes.intercept?.(datagram) ?? [1];
  };
  const rig = await startRig({ ...wishes, intercept, options: { networks: [{ ...NETWORK, role: 'proxy' }] } });
  return { rig, rival: await startRival(rig.network), offers };
}

async function end({ rig, rival }: Proxied): Promise<void> {
  rival.close();
  await rig.host0.stop();
}

/** Whoever of the two is faster. */
const SPEEDS: readonly NonNullable<RigOptions['intercept']>[] = [
  ({ from }) => [from.address === RIVAL ? 1 : 100],
  ({ from }) => [from.address === RIVAL ? 100 : 1],
];

test('F1, F2, F11: EDK2 takes its address from the router and its loader from here', async () => {
  for (const intercept of SPEEDS) {
    const world = await proxied({ intercept });
    for (const arch of [7, 9]) {
      const outcome = await driven(world.rig.clock, edk2Pxe(plugged(world.rig, mac(arch)), { arch }));
      assert.ok(outcome.kind === 'loaded', outcome.kind === 'failed' ? outcome.why : '');
      assert.ok(world.rival.given.has(outcome.address));
      assert.ok(file('loaders/snponly.efi').equals(outcome.bytes));
    }
    for (const offer of world.offers) {
      assert.equal(offer.address('yiaddr'), '0.0.0.0');
      assert.equal(offer.option(51), undefined);
      assert.notEqual(offer.option(54), undefined);
    }
    await end(world);
  }
});

test('F10, C18: EDK2 from before 2017, which keeps no PXE offer of a proxy, is sent to port 4011 and answered there', async () => {
  const world = await proxied();
  const outcome = await driven(world.rig.clock, edk2Pxe(plugged(world.rig, mac(1)), { isOld: true }));
  assert.ok(outcome.kind === 'loaded', outcome.kind === 'failed' ? outcome.why : '');
  assert.ok(file('loaders/snponly.efi').equals(outcome.bytes));
  await end(world);
});

test('F3: a BIOS ROM takes its loader from the proxy, at once or by port 4011', async () => {
  const world = await proxied();
  const outcome = await driven(world.rig.clock, edk2Pxe(plugged(world.rig, mac(1)), { arch: 0 }));
  assert.ok(outcome.kind === 'loaded', outcome.kind === 'failed' ? outcome.why : '');
  assert.ok(file('loaders/undionly.kpxe').equals(outcome.bytes));
  await end(world);
});

test('H2: HTTP boot takes the URI of the proxy, which names an address', async () => {
  for (const intercept of SPEEDS) {
    const world = await proxied({ intercept });
    const outcome = await driven(world.rig.clock, edk2HttpBoot(plugged(world.rig, mac(1))));
    assert.ok(outcome.kind === 'loaded', outcome.kind === 'failed' ? outcome.why : '');
    assert.match(outcome.file, /^http:\/\/10\.1\.2\.1\//);
    await end(world);
  }
});

test('F12: iPXE boots from the proxy, also when its first offers are lost', async () => {
  for (const traits of [
    { arch: 7, features: [FEATURE.http, FEATURE.efi] },
    { arch: 0, features: [FEATURE.http, FEATURE.multiboot] },
  ]) {
    let count = 0;
    const intercept: RigOptions['intercept'] = ({ from }) =>
      from.address === SERVER && from.port === 67 && (count += 1) <= 1 ? [] : [1];
    const world = await proxied({ intercept });
    const outcome = await driven(world.rig.clock, ipxeAutoboot(plugged(world.rig, mac(1)), traits), 3_600_000);
    assert.ok(outcome.kind === 'script' && outcome.end.kind === 'booted', JSON.stringify(outcome));
    await end(world);
  }
});

test('B1, B2: a system hears nothing from the proxy, neither to its DISCOVER nor to its REQUEST', async () => {
  const world = await proxied();
  const client = new SystemClient(plugged(world.rig, mac(1)));
  const lease = await driven(world.rig.clock, client.bind());
  assert.equal(lease?.server, RIVAL);
  assert.deepEqual(world.offers, []);
  await end(world);
});

test('G2: the ROM of a Raspberry Pi finds its menu and its files, in the full role and by a proxy', async () => {
  const of = `${PI_OUI}:00:00:01` as Mac;
  const files = new Map(BOOT_FILES);
  // Firmware files lie in one folder, where every Pi finds them below its serial number too.
  files.set('rpi/config.txt', Buffer.from('[all]'));
  files.set('rpi/start4.elf', file('loaders/snponly.efi').subarray(0, 5000));
  for (const role of ['full', 'proxy'] as const) {
    const rig = await startRig({ files, options: { networks: [{ ...NETWORK, role }] } });
    const rival = role === 'proxy' ? await startRival(rig.network) : undefined;
    const outcome = await driven(rig.clock, piBoot(plugged(rig, of)));
    assert.ok(outcome.kind === 'loaded', `${role}: ${outcome.kind === 'failed' ? outcome.why : ''}`);
    assert.deepEqual([outcome.file, outcome.bytes.length], [`${piSerial({ mac: of })}/start4.elf`, 5000]);
    rival?.close();
    await rig.host0.stop();
  }
});

test('C3, C9, C14, C19, C20, C21: no reply of a proxy, on either port, has what trips EDK2', async () => {
  const replies: Reply[] = [];
  const world = await proxied({
    intercept: ({ from, bytes }) => {
      if (from.address === SERVER && [67, 4011].includes(from.port)) replies.push(new Reply(bytes.slice()));
      return [1];
    },
  });
  for (const [n, arch, isOld] of [
    [1, 7, false],
    [2, 7, true],
    [3, 0, false],
    [4, 11, false],
  ] as const) {
    await driven(world.rig.clock, edk2Pxe(plugged(world.rig, mac(n)), { arch, isOld }));
  }
  assert.ok(replies.length >= 4, `${replies.length} replies`);
  for (const reply of replies) {
    assert.notEqual(reply.option(54), undefined);
    const before = reply.bytes.slice();
    assert.notEqual(parseOffer(reply.bytes), undefined);
    assert.deepEqual(reply.bytes, before, 'EDK2 writes nothing over it');
    if (reply.option(43) !== undefined) assert.equal(Buffer.from(reply.option(60) ?? []).toString(), 'PXEClient');
  }
  await end(world);
});
