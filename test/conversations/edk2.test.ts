import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { decodePacket, encodePacket } from '../../src/core/dhcp/packet.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { Reply } from '../fixtures/clients/bytes.ts';
import { driven, plugged } from '../fixtures/clients/drive.ts';
import { edk2HttpBoot, edk2Pxe, type Edk2Traits, type Outcome } from '../fixtures/clients/edk2.ts';
import { parseHttpOffer, selectHttp } from '../fixtures/clients/edk2Http.ts';
import { Hang, nextServer, OfferBook, parseOffer, WildRead } from '../fixtures/clients/edk2Offer.ts';
import { ipxeAutoboot } from '../fixtures/clients/ipxeBoot.ts';
import { EDK2_TFTP, tftpGet, TftpFailure } from '../fixtures/clients/mtftp.ts';
import { isForPi, piBoot, PI_OUI } from '../fixtures/clients/pi.ts';
import { RIVAL, startRival } from '../fixtures/clients/rival.ts';
import { mac } from '../fixtures/cluster.ts';
import { edk2, ip, message } from '../fixtures/dhcp.ts';
import { BOOT_FILES, SERVER, startRig, type Rig, type RigOptions } from '../fixtures/rig.ts';

/** UEFI firmware, by the rules of EDK2 and with its mistakes, before the whole server. */

const LOADER = Buffer.from(BOOT_FILES.get('loaders/snponly.efi') ?? []);

/** A rig, and every reply to a DHCP client that went out. */
async function listening(wishes: RigOptions = {}): Promise<{ rig: Rig; replies: Reply[] }> {
  const replies: Reply[] = [];
  const intercept: RigOptions['intercept'] = (datagram) => {
    if (datagram.from.address === SERVER && datagram.to.port === 68) replies.push(new Reply(datagram.bytes.slice()));
    return wishes.intercept?.(datagram) ?? [1];
  };
  return { rig: await startRig({ ...wishes, intercept }), replies };
}

const pxe = (rig: Rig, of: Mac, traits: Edk2Traits = {}): Promise<Outcome> =>
  driven(rig.clock, edk2Pxe(plugged(rig, of), traits));

function loaded(outcome: Outcome, what = ''): void {
  assert.ok(outcome.kind === 'loaded', `${what}: ${outcome.kind === 'failed' ? outcome.why : ''}`);
  assert.ok(LOADER.equals(outcome.bytes), what);
}

test('C17, I5, I6: EDK2 boots at once: the size first, four blocks a window, the loader byte for byte', async () => {
  const { rig } = await listening();
  for (const arch of [7, 9]) loaded(await pxe(rig, mac(arch), { arch }), `arch ${arch}`);
  assert.deepEqual(
    rig.log.of('TFTP_BROKE_OFF').filter((text) => !text.includes('User aborted')),
    [],
  );
  await rig.host0.stop();
});

test('F10: EDK2 from before 2017 boots in the full role', async () => {
  const { rig } = await listening();
  loaded(await pxe(rig, mac(1), { isOld: true }));
  await rig.host0.stop();
});

test('F11: EDK2 takes our offer beside a router, whoever of the two is faster', async () => {
  for (const [ours, theirs] of [
    [1, 300],
    [300, 1],
  ] as const) {
    const intercept: RigOptions['intercept'] = ({ from }) => [from.address === SERVER ? ours : theirs];
    const { rig } = await listening({ intercept });
    const rival = await startRival(rig.network);
    const outcome = await pxe(rig, mac(1));
    loaded(outcome, `ours after ${ours} ms, theirs after ${theirs}`);
    assert.ok(outcome.kind === 'loaded' && !rival.given.has(outcome.address));
    rival.close();
    await rig.host0.stop();
  }
});

test('F11: the order of the client itself, kind by kind', () => {
  const offer = (more: Parameters<typeof message>[1], yiaddr = '10.1.2.9', file = '') =>
    parseOffer(encodePacket(message(mac(1), { messageType: 2, ...more }, { op: 2, yiaddr: ip(yiaddr), file })).bytes);
  const direct = { vendorClass: 'PXEClient', pxe: new Map([[6, Uint8Array.of(8)]]) };
  const kinds = [
    offer({}),
    offer({}, '10.1.2.9', 'x.efi'),
    offer({ vendorClass: 'PXEClient' }),
    offer({ vendorClass: 'PXEClient' }, '0.0.0.0'),
    offer(direct, '0.0.0.0', 'x.efi'),
    offer(direct, '10.1.2.9', 'x.efi'),
  ];
  assert.deepEqual(
    kinds.map((one) => one?.kind),
    ['dhcpOnly', 'dhcpOnly', 'dhcpBinl', 'proxyBinl', 'proxyPxe10', 'dhcpPxe10'],
  );
  const chosen: (string | undefined)[] = [];
  for (let count = kinds.length; count > 0; count -= 1) {
    const book = new OfferBook(false);
    for (const one of kinds.slice(0, count)) if (one !== undefined) book.keep(one);
    const { offer: taken, proxies = [] } = book.select() ?? {};
    chosen.push([taken?.kind, ...proxies.map(({ kind }) => kind)].join(' '));
  }
  assert.deepEqual(chosen, ['dhcpPxe10', 'dhcpOnly proxyPxe10', 'dhcpBinl', 'dhcpBinl', 'dhcpOnly', '']);
});

test('E14: EDK2 passes over a NAK of a server that it did not choose', async () => {
  const { rig } = await listening({ intercept: ({ from }) => [from.address === RIVAL ? 1 : 20] });
  const rival = await startRival(rig.network, { naks: true });
  loaded(await pxe(rig, mac(1)));
  rival.close();
  await rig.host0.stop();
});

test('H1, H11: HTTP boot takes the URI of our offer, also from another port than 80', async () => {
  for (const httpPort of [80, 8080]) {
    const { rig } = await listening({ options: { httpPort } });
    const outcome = await driven(rig.clock, edk2HttpBoot(plugged(rig, mac(1))));
    loaded(outcome);
    const port = httpPort === 80 ? '' : `:${httpPort}`;
    assert.equal(outcome.kind === 'loaded' && outcome.file, `http://${SERVER}${port}/boot/loaders/snponly.efi`);
    await rig.host0.stop();
  }
});

test('H1: HTTP boot takes our URI beside a router that gives addresses as well', async () => {
  const { rig } = await listening({ intercept: ({ from }) => [from.address === RIVAL ? 1 : 200] });
  const rival = await startRival(rig.network);
  loaded(await driven(rig.clock, edk2HttpBoot(plugged(rig, mac(1)))));
  rival.close();
  await rig.host0.stop();
});

test('C3, C4, C9, C13, C14, C19, C20, C21, H3: no reply to any client has what trips EDK2 or iPXE', async () => {
  const { rig, replies } = await listening();
  await pxe(rig, mac(1));
  await pxe(rig, mac(2), { arch: 0 });
  await pxe(rig, mac(3), { arch: 11 });
  await driven(rig.clock, edk2HttpBoot(plugged(rig, mac(4))));
  await driven(rig.clock, ipxeAutoboot(plugged(rig, mac(5)), { arch: 7, features: [FEATURE.http, FEATURE.efi] }));
  await driven(rig.clock, ipxeAutoboot(plugged(rig, mac(6)), { arch: 0, features: [] }));
  await driven(rig.clock, piBoot(plugged(rig, `${PI_OUI}:00:00:01` as Mac)));
  assert.ok(replies.length >= 12, `${replies.length} replies`);
  for (const reply of replies) {
    const { packet, flaws } = decodePacket(reply.bytes);
    assert.deepEqual(flaws, []);
    assert.notEqual(reply.option(54), undefined);
    assert.equal(reply.option(52), undefined);
    assert.ok(reply.bytes.length <= 1472);
    const boots = packet.file !== '' || packet.options.bootFile !== undefined;
    if (boots) assert.notEqual(packet.siaddr, '0.0.0.0');
    const name = reply.option(67);
    if (name !== undefined) assert.equal(name.at(-1), 0);
    const vendor = reply.option(43);
    if (vendor !== undefined) {
      assert.equal(packet.options.vendorClass, 'PXEClient');
      assert.ok(vendor.length < 128);
      const behind = (reply.find(43)?.at ?? 0) + vendor.length;
      assert.equal(reply.find(43, behind), undefined, 'one option 43');
      assert.ok(![1, 2, 3, 4, 5].every((code) => packet.options.pxe?.has(code)));
    }
    if (packet.options.vendorClass === 'HTTPClient') assert.match(packet.options.bootFile ?? packet.file, /^http:\/\//);
    const before = reply.bytes.slice();
    const parsed = parseOffer(reply.bytes);
    assert.deepEqual(reply.bytes, before, 'EDK2 writes nothing over it');
    if (parsed !== undefined && boots) nextServer(parsed.reply);
  }
  await rig.host0.stop();
});

test('C9: the NUL that EDK2 writes would destroy an offer without one', () => {
  const good = encodePacket(message(mac(1), { messageType: 2, bootFile: 'x.efi', router: [SERVER] }, { op: 2 })).bytes;
  const at = new Reply(good).find(67)?.at ?? 0;
  // The same offer with an option 67 that its NUL is no part of.
  const bad = Uint8Array.from([...good.subarray(0, at - 1), 5, ...good.subarray(at, at + 5), ...good.subarray(at + 6)]);
  assert.notEqual(new Reply(bad).option(3), undefined);
  parseOffer(bad);
  assert.equal(new Reply(bad).option(3), undefined);
});

test('C3: EDK2 reads an option 54 that is not there', () => {
  const offer = parseOffer(
    encodePacket(message(mac(1), { messageType: 2, vendorClass: 'PXEClient' }, { op: 2 })).bytes,
  );
  assert.ok(offer !== undefined);
  assert.throws(() => nextServer(offer.reply), WildRead);
});

test('C20, C21: EDK2 loses its way in a long option 43, and throws multicast offers away', () => {
  const vendor = (pxeOptions: ReadonlyMap<number, Uint8Array>) =>
    parseOffer(
      encodePacket(message(mac(1), { messageType: 2, vendorClass: 'PXEClient', pxe: pxeOptions }, { op: 2 })).bytes,
    );
  const all = new Map([1, 2, 3, 4, 5].map((code) => [code, Uint8Array.of(0)]));
  assert.equal(vendor(all), undefined);
  const long = new Map([
    [9, new Uint8Array(250)],
    [10, new Uint8Array(2)],
  ]);
  assert.throws(() => vendor(long), Hang);
});

test('H2, H3, H4: a proxy is taken by an HTTP client only with a URI that names an address, beside another server', () => {
  const offer = (vendorClass: string | undefined, bootFile: string | undefined, yiaddr: string, dns: boolean) =>
    parseHttpOffer(
      encodePacket(
        message(
          mac(1),
          {
            messageType: 2,
            ...(vendorClass === undefined ? {} : { vendorClass }),
            ...(bootFile === undefined ? {} : { bootFile }),
            ...(dns ? { dnsServers: [SERVER] } : {}),
          },
          { op: 2, yiaddr: ip(yiaddr) },
        ),
      ).bytes,
    );
  const router = offer(undefined, undefined, '10.1.2.9', false);
  const proxy = (bootFile: string) => offer('HTTPClient', bootFile, '0.0.0.0', false);
  assert.equal(proxy('snponly.efi'), undefined);
  assert.equal(offer('HTTPClient', undefined, '0.0.0.0', false), undefined);
  assert.equal(offer('PXEClient', 'http://10.1.2.1/x', '0.0.0.0', false), undefined);
  const [byAddress, byName] = [proxy('http://10.1.2.1/x.efi'), proxy('http://pxen.lab/x.efi')];
  assert.ok(router !== undefined && byAddress !== undefined && byName !== undefined);
  assert.equal(selectHttp([router, byAddress])?.uri, 'http://10.1.2.1/x.efi');
  assert.equal(selectHttp([router, byName]), undefined);
});

test('I6: a window or block larger than was asked for ends the download of EDK2', async () => {
  const { rig } = await listening();
  const machine = plugged(rig, mac(1));
  const port = await rig.network.machine(RIVAL)({ port: 69 });
  port.receive((_, from) => port.send(Buffer.from('\0\x06windowsize\x0016\0', 'latin1'), from));
  const get = tftpGet(machine, ip('10.1.2.9'), RIVAL, 'x', { ...EDK2_TFTP, probes: false });
  await assert.rejects(driven(rig.clock, get), new TftpFailure('the server grants windowsize 16'));
  port.close();
  await rig.host0.stop();
});

test('a Raspberry Pi takes only an offer whose menu names it', () => {
  const menu = Buffer.concat([Buffer.from([0, 0, 17]), Buffer.from('Raspberry Pi Boot')]);
  const offer = (pxeOptions: ReadonlyMap<number, Uint8Array>) =>
    new Reply(encodePacket(message(mac(1), { ...edk2(0), messageType: 2, pxe: pxeOptions }, { op: 2 })).bytes);
  assert.equal(isForPi(offer(new Map([[9, Uint8Array.from(menu)]]))), true);
  assert.equal(isForPi(offer(new Map([[6, Uint8Array.of(8)]]))), false);
});
