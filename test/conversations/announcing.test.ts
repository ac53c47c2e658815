import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLink } from '../../src/shell/fake/link.ts';
import { mac } from '../fixtures/cluster.ts';
import { NETWORK, SERVER, startRig } from '../fixtures/rig.ts';

/** The server's own address, as it is told to everybody on a link. */

test('a server that begins to serve a network announces its address there, twice', async () => {
  const link = new FakeLink();
  const rig = await startRig({ openLink: async () => link });
  await rig.clock.pass(60_000);
  assert.deepEqual(link.announced, [`${SERVER} ${link.mac}`, `${SERVER} ${link.mac}`]);
  assert.deepEqual(link.asked, [], 'nobody is asked for it');
  await rig.host0.stop();
});

test('an address whose interface has another MAC is announced anew, and told of', async () => {
  const link = new FakeLink();
  const rig = await startRig({ openLink: async () => link });
  await rig.clock.pass(60_000);
  link.announced.length = 0;
  link.card = mac(99);
  await rig.clock.pass(60_000);
  assert.deepEqual(link.announced, [`${SERVER} ${mac(99)}`, `${SERVER} ${mac(99)}`]);
  assert.match(rig.log.of('BOOT_CARD_CHANGED').join(), new RegExp(`xenbr0 .* ${mac(99)} now`));
  await rig.host0.stop();
});

test('a network that is closed is not announced any more, and is again when it is opened', async () => {
  const link = new FakeLink();
  const opened = async () => (await link.renewed(), link);
  const rig = await startRig({ openLink: opened });
  await rig.clock.pass(60_000);
  await rig.host0.close(NETWORK);
  link.announced.length = 0;
  link.card = mac(98);
  await rig.clock.pass(60_000);
  assert.deepEqual(link.announced, []);
  await rig.host0.open(NETWORK);
  await rig.clock.pass(60_000);
  assert.deepEqual(link.announced, [`${SERVER} ${mac(98)}`, `${SERVER} ${mac(98)}`]);
  await rig.host0.stop();
});
