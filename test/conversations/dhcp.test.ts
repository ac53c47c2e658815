import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePacket, MESSAGE } from '../../src/core/dhcp/packet.ts';
import { parseSubnet } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { hex } from '../../src/core/net/text.ts';
import { FakeJournal } from '../../src/shell/fake/files.ts';
import { FakeLink } from '../../src/shell/fake/link.ts';
import type { Journal } from '../../src/shell/journal.ts';
import { card } from '../fixtures/card.ts';
import { mac } from '../fixtures/cluster.ts';
import { edk2, ip, message } from '../fixtures/dhcp.ts';
import { dora, NETWORK, startRig } from '../fixtures/rig.ts';

/** What the DHCP server says over time and to many, in memory. */

const POOL = { networks: { main: { subnet: '10.1.2.0/24', pools: ['10.1.2.100-10.1.2.199'] } } };
const quiet = { flags: 0 };

test('E3: a new address is asked for first, and a stranger who has it keeps it', async () => {
  const link = new FakeLink();
  const rig = await startRig({ cluster: POOL, openLink: async () => link });
  const { heard, say } = await card(rig);
  link.strangers.set(ip('10.1.2.150'), '52:54:00:00:00:99' as Mac);
  say(mac(1), { requestedAddress: ip('10.1.2.150') });
  await rig.clock.pass(150);
  assert.deepEqual([heard.length, link.asked.length, link.asked[0]], [0, 2, '10.1.2.150']);
  await rig.clock.pass(150);
  assert.deepEqual([heard.length, heard[0]?.packet.yiaddr], [1, link.asked[1]]);
  assert.match(rig.log.of('DHCP_ADDRESS_TAKEN').join(), /10\.1\.2\.150 is in use by 52:54:00:00:00:99/);
  say(mac(2), { requestedAddress: ip('10.1.2.150') });
  await rig.clock.pass(300);
  assert.ok(!link.asked.slice(2).includes(ip('10.1.2.150')), 'it rests');
  await rig.host0.stop();
});

test('E3: who holds an address is answered at once, and so is a machine that answers for its own', async () => {
  const link = new FakeLink();
  const rig = await startRig({ cluster: POOL, openLink: async () => link });
  const { heard, say } = await card(rig);
  link.strangers.set(ip('10.1.2.150'), mac(1));
  say(mac(1), { requestedAddress: ip('10.1.2.150') });
  await rig.clock.pass(100);
  assert.equal(heard.length, 0);
  say(mac(1), { requestedAddress: ip('10.1.2.150') });
  await rig.clock.pass(150);
  assert.deepEqual(
    heard.map(({ packet }) => packet.yiaddr),
    ['10.1.2.150'],
    'one answer to the newest of two questions',
  );
  const before = rig.clock.now();
  say(mac(1));
  await rig.clock.pass(20);
  assert.deepEqual([heard.length, heard[1]?.at, link.asked.length], [2, before, 1]);
  await rig.host0.stop();
});

test('D13, E3: of a thousand machines that ask within a second none waits for the others', async () => {
  const link = new FakeLink();
  const cluster = { networks: { main: { subnet: '10.1.0.0/16' } } };
  const networks = [{ ...NETWORK, subnet: parseSubnet('10.1.0.0/16')! }] as const;
  const rig = await startRig({ cluster, openLink: async () => link, options: { networks } });
  const { heard, say } = await card(rig);
  const asked = new Map<string, number>();
  for (let n = 0; n < 1000; n += 1) {
    const of =
      `52:54:00:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}` as Mac;
    asked.set(hex(message(of).chaddr), rig.clock.now());
    say(of);
    await rig.clock.pass(1);
  }
  await rig.clock.pass(1000);
  const waits = heard.map(({ at, packet }) => at - (asked.get(hex(packet.chaddr)) ?? 0)).sort((a, b) => a - b);
  assert.deepEqual([waits.length, new Set(heard.map(({ packet }) => packet.yiaddr)).size], [1000, 1000]);
  assert.ok((waits[989] ?? Infinity) < 100, `99 of 100 waited at most ${waits[989]} ms of the simulation`);
  assert.equal(rig.log.of('DHCP_UNPROBED').length, 1);
  assert.ok(rig.log.of('DHCP_ANSWERED').length < 200, 'and the log stays short');
  assert.ok(rig.log.of('DHCP_LINES_LEFT_OUT').length > 0);
  await rig.host0.stop();
});

test('D7, D9: a machine that hears unicast gets a frame to its MAC from port 67; where none can be made, a broadcast', async () => {
  const link = new FakeLink();
  const rig = await startRig({ openLink: async () => link });
  const { heard, say } = await card(rig);
  say(mac(1), {}, quiet);
  await rig.clock.pass(250);
  const [frame = new Uint8Array()] = link.frames;
  assert.deepEqual([heard.length, hex(frame.subarray(0, 12))], [0, '525400000001020000000001']);
  assert.equal(hex(frame.subarray(34, 38)), '00430044');
  const { packet } = decodePacket(frame.subarray(42));
  assert.deepEqual(
    [packet.options.messageType, hex(frame.subarray(30, 34))],
    [
      MESSAGE.offer,
      packet.yiaddr
        .split('.')
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join(''),
    ],
  );
  link.refuses = true;
  say(mac(1), {}, quiet);
  await rig.clock.pass(250);
  assert.deepEqual([heard.length, heard[0]?.from], [1, 67]);
  await rig.host0.stop();
});

test('D7: without the right to make frames replies are broadcast, nobody is asked, and the log says why', async () => {
  const openLink = async () => Promise.reject(new Error('raw frames on xenbr0 are not allowed: EPERM'));
  const rig = await startRig({ openLink });
  const { heard, say } = await card(rig);
  say(mac(1), {}, quiet);
  await rig.clock.pass(10);
  assert.equal(heard.length, 1);
  assert.match(rig.log.of('DHCP_LINK_FAILED').join(), /xenbr0 are broadcast.*EPERM/);
  await rig.host0.stop();
});

test('a journal on a full disk is written anew once there is room', async () => {
  const inner = new FakeJournal();
  let isFull = true;
  const tried = (write: () => Promise<void>) =>
    isFull ? Promise.reject(new Error('no space left on device')) : write();
  const journal: Journal = {
    read: () => inner.read(),
    append: (text) => tried(() => inner.append(text)),
    replace: (text) => tried(() => inner.replace(text)),
    close: () => inner.close(),
  };
  const rig = await startRig({ cluster: POOL, journal });
  await dora(rig, mac(1), {});
  await rig.clock.pass(1000);
  isFull = false;
  await dora(rig, mac(2), {});
  await rig.clock.pass(10_000);
  for (const n of [1, 2]) assert.ok(inner.text.includes(mac(n)), mac(n));
  await rig.host0.stop();
});

test('a flood from one machine is dropped, said once, and another machine is served meanwhile', async () => {
  const rig = await startRig();
  const { heard, say } = await card(rig);
  for (let n = 0; n < 500; n += 1) say(mac(1));
  say(mac(2));
  await rig.clock.pass(10);
  const of = (which: Mac) => heard.filter(({ packet }) => hex(packet.chaddr) === hex(message(which).chaddr)).length;
  assert.deepEqual([of(mac(1)), of(mac(2))], [20, 1]);
  assert.equal(rig.log.of('DHCP_FLOOD').length, 1);
  await rig.host0.stop();
});

test('E16: a full pool is said once a minute, however many ask', async () => {
  const rig = await startRig({
    cluster: { networks: { main: { subnet: '10.1.2.0/24', pools: ['10.1.2.9-10.1.2.9'] } } },
  });
  const { say } = await card(rig);
  await dora(rig, mac(1), {});
  for (let n = 2; n < 12; n += 1) say(mac(n));
  await rig.clock.pass(1000);
  assert.equal(rig.log.of('DHCP_POOL_FULL').length, 1);
  await rig.clock.pass(60_000);
  say(mac(20));
  await rig.clock.pass(10);
  assert.equal(rig.log.of('DHCP_POOL_FULL').length, 2);
  await rig.host0.stop();
});

test('D14: a machine whose link came up late is served, and the administrator hears of the switch', async () => {
  const rig = await startRig();
  const { heard, say } = await card(rig);
  say(mac(1), edk2(7), { secs: 60 });
  await rig.clock.pass(10);
  assert.equal(heard.length, 1);
  assert.match(rig.log.of('DHCP_LATE').join(), /asking for 60 s: was its link blocked\?/);
  await rig.host0.stop();
});

test('E18: leases are counted on a clock that never jumps', async () => {
  const rig = await startRig({
    cluster: { networks: { main: { subnet: '10.1.2.0/24', pools: ['10.1.2.9-10.1.2.9'] } } },
  });
  await dora(rig, mac(1), {});
  const real = Date.now;
  // The clock of the machine was unset, and is set now: by it, every lease has long run out.
  Date.now = () => real() + 56 * 365 * 86_400_000;
  try {
    const { heard, say } = await card(rig);
    say(mac(2));
    await rig.clock.pass(10);
    assert.equal(heard.length, 0, 'the only address is still held');
    await rig.clock.pass(3600_000);
    say(mac(2));
    await rig.clock.pass(10);
    assert.equal(heard[0]?.packet.yiaddr, '10.1.2.9');
  } finally {
    Date.now = real;
  }
  await rig.host0.stop();
});

test('E17: what was acknowledged is in the journal within a second, many leases in one writing', async () => {
  const inner = new FakeJournal();
  let writings = 0;
  const append = async (text: string): Promise<void> => {
    writings += 1;
    await inner.append(text);
  };
  const journal: Journal = {
    append,
    read: () => inner.read(),
    replace: (text) => inner.replace(text),
    close: () => inner.close(),
  };
  const rig = await startRig({ cluster: POOL, journal });
  writings = 0;
  for (let n = 1; n <= 30; n += 1) await dora(rig, mac(n), {});
  await rig.clock.pass(1000);
  for (let n = 1; n <= 30; n += 1) assert.ok(inner.text.includes(mac(n)), mac(n));
  assert.ok(writings < 6, `${writings} writings`);
  await rig.host0.stop();
  assert.equal(inner.isOpen, false);
});

test('the journal stays bounded, however often leases are renewed', async () => {
  const journal = new FakeJournal();
  const rig = await startRig({ cluster: POOL, journal });
  const { yiaddr } = await dora(rig, mac(1), {});
  const { say } = await card(rig);
  for (let n = 0; n < 6000; n += 1) {
    say(mac(1), { messageType: MESSAGE.request }, { ciaddr: yiaddr });
    await rig.clock.pass(100);
  }
  assert.ok(journal.text.split('\n').length < 2200, `${journal.text.split('\n').length} lines`);
  await rig.host0.stop();
});
