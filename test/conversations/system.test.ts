import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { driven, plugged } from '../fixtures/clients/drive.ts';
import { RIVAL, startRival } from '../fixtures/clients/rival.ts';
import { SystemClient, type SystemLease } from '../fixtures/clients/system.ts';
import { mac } from '../fixtures/cluster.ts';
import { ip } from '../fixtures/dhcp.ts';
import { SERVER, startRig, type Rig } from '../fixtures/rig.ts';

/** A system's DHCP client by RFC 2131, from its first DISCOVER to its release, before the whole server. */

async function bound(rig: Rig, n: number, inUse?: (address: Ipv4) => boolean) {
  const client = new SystemClient(plugged(rig, mac(n), n), inUse);
  const lease = await driven(rig.clock, client.bind());
  assert.ok(lease !== undefined);
  return { client, lease };
}

test('C2, E5, E8: a system binds, renews by unicast and rebinds by broadcast, and keeps its address', async () => {
  const rig = await startRig();
  const { client, lease } = await bound(rig, 1);
  assert.ok(0 < lease.renewal && lease.renewal < lease.rebinding && lease.rebinding < lease.time);
  for (const again of [client.renew(lease), client.rebind(lease), client.rejoin(lease.address)]) {
    const answer = await driven(rig.clock, again);
    assert.equal(answer?.kind === 'ack' && answer.lease.address, lease.address);
    await rig.clock.pass(lease.renewal * 1000);
  }
  await rig.host0.stop();
});

test('E11: an address that somebody uses is declined, and the client comes to another one', async () => {
  const rig = await startRig();
  const used: Ipv4[] = [];
  const { lease } = await bound(rig, 1, (address) => {
    if (used.length < 2) used.push(address);
    return used.includes(address);
  });
  assert.equal(new Set(used).size, 2);
  assert.ok(!used.includes(lease.address));
  assert.equal(rig.log.of('DHCP_ADDRESS_BAD').length, 2);
  await rig.host0.stop();
});

test('E6: a machine that comes from another network is told so at once, and binds here', async () => {
  const rig = await startRig();
  const client = new SystemClient(plugged(rig, mac(1)));
  const began = rig.clock.now();
  assert.equal((await driven(rig.clock, client.rejoin(ip('192.168.7.7'))))?.kind, 'nak');
  assert.ok(rig.clock.now() - began < 1000);
  assert.equal((await driven(rig.clock, client.bind()))?.server, SERVER);
  await rig.host0.stop();
});

test("E4, E9: another server's lease is left to it", async () => {
  const rig = await startRig({ intercept: ({ from }) => [from.address === RIVAL ? 1 : 50] });
  const rival = await startRival(rig.network);
  const { lease } = await bound(rig, 1);
  assert.equal(lease.server, RIVAL);
  const stranger: SystemLease = { ...lease, address: ip('192.168.7.7') };
  rival.close();
  assert.equal(await driven(rig.clock, new SystemClient(plugged(rig, mac(1))).rebind(stranger)), undefined);
  await rig.host0.stop();
});

test('E12: a released address is given back to its owner while others are free', async () => {
  const rig = await startRig();
  const { client, lease } = await bound(rig, 1);
  await driven(rig.clock, client.release(lease));
  const other = await bound(rig, 2);
  assert.notEqual(other.lease.address, lease.address);
  assert.equal((await bound(rig, 1)).lease.address, lease.address);
  await rig.host0.stop();
});
