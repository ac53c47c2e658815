import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FEATURE } from '../../src/core/boot/client.ts';
import { BROADCAST_IPV4 } from '../../src/core/net/ipv4.ts';
import { hex } from '../../src/core/net/text.ts';
import { brokenJournal, FakeJournal } from '../../src/shell/fake/files.ts';
import { mac } from '../fixtures/cluster.ts';
import { edk2, ipxe } from '../fixtures/dhcp.ts';
import { dora, startRig } from '../fixtures/rig.ts';

/** Machines that come back, do not wake, or stop on their way. */

const LAB = { hosts: [{ mac: mac(1), name: 'ada', address: '10.1.2.50' }] };
const IPXE_BIOS = ipxe(0, [FEATURE.http, FEATURE.multiboot]);

test('leases survive a restart, and what booted before is woken again', async () => {
  const journal = new FakeJournal();
  const first = await startRig({ journal });
  const { yiaddr } = await dora(first, mac(7), IPXE_BIOS);
  await first.host0.stop();
  const second = await startRig({ journal });
  assert.equal((await dora(second, mac(7), IPXE_BIOS)).yiaddr, yiaddr);
  assert.deepEqual(second.log.of('WAKE_SENT'), [`${mac(7)} is sent a magic packet`]);
  await second.host0.stop();
});

test('a journal that cannot be written is said, and service goes on', async () => {
  const rig = await startRig({ journal: brokenJournal });
  assert.equal((await dora(rig, mac(7), IPXE_BIOS)).options.messageType, 5);
  await rig.clock.pass(3000);
  assert.match(rig.log.of('DHCP_JOURNAL_FAILED').at(-1) ?? '', /no space left/);
  await rig.host0.stop();
});

test('J14: a machine that does not wake is tried again, and then said to be dark', async () => {
  const packets: string[] = [];
  const intercept = ({ bytes, to }: { bytes: Uint8Array; to: { address: string; port: number } }) => {
    if (to.port === 9) packets.push(`${to.address} ${hex(bytes.subarray(0, 12))}`);
    return [0];
  };
  const hosts = [
    { mac: mac(1), name: 'ada' },
    { mac: mac(2), name: 'bob', wake: false },
  ];
  const rig = await startRig({ cluster: { hosts }, intercept });
  assert.equal(rig.host0.boot.machines()[0]?.wake, 'waking');
  await rig.clock.pass(90_000);
  assert.ok(packets.length >= 5);
  assert.deepEqual(new Set(packets), new Set([`${BROADCAST_IPV4} ffffffffffff525400000001`]));
  const [ada, bob] = rig.host0.boot.machines();
  assert.deepEqual([ada?.wake, bob?.wake, bob?.problem], ['unheard', 'none', null]);
  assert.match(ada?.problem ?? '', /does not wake/);
  await dora(rig, mac(1), edk2(7));
  assert.deepEqual([rig.host0.boot.machines()[0]?.wake, rig.host0.boot.machines()[0]?.problem], ['heard', null]);
  await rig.host0.stop();
});

test('a machine that stopped is known by its last good step', async () => {
  const rig = await startRig({ cluster: LAB });
  await dora(rig, mac(1), edk2(7));
  await rig.clock.pass(61_000);
  assert.match(rig.host0.boot.machines()[0]?.problem ?? '', /given an address, then nothing for 61 s/);
  await rig.host0.stop();
});
