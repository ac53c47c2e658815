import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostnameOf } from '../../src/core/identity/machine.ts';
import { hostUuidOfMac } from '../../src/core/identity/uuid.ts';
import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { mac } from '../fixtures/cluster.ts';
import { dora, startRig, type Rig } from '../fixtures/rig.ts';

/** Boards that lie though nobody has met them yet. */

const UUID = '6f3c1a52-8e0b-4c1d-9d2e-0123456789ab';
const [A, B] = [mac(1), mac(2)];

/** A machine asks for its address and its script, and tells its UUID. */
async function begin(rig: Rig, of: Mac, uuid = UUID): Promise<Ipv4> {
  const { yiaddr } = await dora(rig, of, {});
  await rig.http.get(`/ipxe/${of}?uuid=${uuid}`, yiaddr);
  return yiaddr;
}

async function stage1({ http }: Rig, of: Mac, address: Ipv4, step: string): Promise<void> {
  const { status } = await http.post('/api/v1/step', address, Buffer.from(`pxen1 ${of} 2.5 ${step}`));
  assert.equal(status, 200);
}

const names = ({ host0 }: Rig): Record<string, string> =>
  Object.fromEntries(host0.boot.machines().map((machine) => [machine.mac, machine.name]));

test('two machines with one UUID both boot, go by their MACs, and are named in a warning', async () => {
  const rig = await startRig();
  const [first, second] = [await begin(rig, A), await begin(rig, B)];
  await stage1(rig, A, first, 'begin');
  await stage1(rig, B, second, 'begin');
  await stage1(rig, A, first, 'verify');
  assert.deepEqual(rig.host0.boot.twins(), [{ uuid: UUID, macs: [A, B] }]);
  assert.deepEqual(names(rig), { [A]: hostnameOf(hostUuidOfMac(A)), [B]: hostnameOf(hostUuidOfMac(B)) });
  const [said, ...more] = rig.log.of('BOOT_TWINS');
  assert.ok(said?.includes(A) && said.includes(B) && said.includes(UUID), said);
  assert.deepEqual(more, []);
  for (const [of, from] of [
    [A, first],
    [B, second],
  ] as const) {
    const { status, body } = await rig.http.get(`/node/${of}/initrd`, from);
    assert.equal(status, 200);
    assert.ok(Buffer.from(body).includes(`PXEN_NAME='${hostnameOf(hostUuidOfMac(of))}'`));
  }
});

test('one machine that boots by its other card keeps its name, and nobody warns', async () => {
  const rig = await startRig();
  for (const card of [A, B, A, B]) {
    const address = await begin(rig, card);
    await stage1(rig, card, address, 'begin');
    await stage1(rig, card, address, 'switch');
    rig.host0.boot.reported(card, true, 'up');
    rig.host0.boot.reported(card, true, 'up');
    // Its firmware asks anew.
    await dora(rig, card, { vendorClass: 'PXEClient:Arch:00007:UNDI:003000', arch: [7] });
  }
  assert.deepEqual(rig.host0.boot.twins(), []);
  assert.deepEqual(names(rig), { [A]: hostnameOf(UUID), [B]: hostnameOf(UUID) });
});

test('where cluster.yaml names both by their MACs, they are called so from the beginning', async () => {
  const hosts = [
    { mac: A, name: 'ada' },
    { mac: B, name: 'bea' },
  ];
  const rig = await startRig({ cluster: { hosts } });
  await begin(rig, A);
  await begin(rig, B);
  assert.deepEqual(names(rig), { [A]: 'ada', [B]: 'bea' });
});
