import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import { ip } from '../../../test/fixtures/dhcp.ts';
import { parseSubnet } from '../net/ipv4.ts';
import { mtuOf, networkOf } from './networkOf.ts';

const link = { interface: 'eth1', address: ip('10.1.3.1'), subnet: parseSubnet('10.1.3.0/24')! };
const named = (networks: Record<string, unknown>): string => {
  const { name, entry } = networkOf(cluster({ networks }), link);
  return `${name} ${entry === undefined ? 'unsaid' : 'said'}`;
};

test('an interface is in the network that names it, else in the one whose subnet it is in, else in main', () => {
  const main = { subnet: '10.1.2.0/24' };
  assert.equal(named({ main, other: { interface: 'eth1' }, third: { subnet: '10.1.3.0/24' } }), 'other said');
  assert.equal(named({ main, third: { subnet: '10.1.3.0/24' } }), 'third said');
  assert.equal(named({ main: { domain: 'lab.internal' } }), 'main said');
  assert.equal(named({ main }), 'eth1 unsaid');
  assert.equal(named({ main: { interface: 'eth0' } }), 'eth1 unsaid');
  assert.equal(named({}), 'eth1 unsaid');
});

test('the MTU of an address is that of its network, and 1500 where nothing is said', () => {
  const networks = { main: { mtu: 1400 }, far: { subnet: '10.1.3.0/24', mtu: 9000 }, plain: { subnet: '10.1.4.0/24' } };
  const of = (address: string): number => mtuOf(cluster({ networks }), ip(address));
  assert.deepEqual([of('10.1.3.9'), of('10.1.4.9'), of('10.1.9.9')], [9000, 1500, 1400]);
  assert.equal(mtuOf(cluster(), ip('10.1.2.3')), 1500);
});
