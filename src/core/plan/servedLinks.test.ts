import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../../test/fixtures/cluster.ts';
import type { Link } from '../discover/ip.ts';
import { subnetText, type Ipv4 } from '../net/ipv4.ts';
import { chooseLinks, type LinkWishes } from './servedLinks.ts';

const card = (name: string, addresses: readonly string[], more: Partial<Link> = {}): Link => ({
  name,
  mac: '52:54:00:00:00:01',
  mtu: 1500,
  carrier: true,
  type: 'ether',
  kind: '',
  master: '',
  addresses,
  ...more,
});
const LO = card('lo', ['127.0.0.1/8'], { type: 'loopback' });
const ONE = [LO, card('eth0', ['10.1.0.2/24'])];
const TWO = [...ONE, card('eth1', ['10.2.0.2/16', '10.3.0.2/24'])];

function choose(networks: Record<string, unknown>, here: readonly Link[], wishes: Partial<LinkWishes> = {}) {
  const { links, problems, elsewhere } = chooseLinks(cluster({ networks }), here, {
    interfaces: [],
    addresses: [],
    ...wishes,
  });
  return {
    links: links.map((one) => `${one.network} ${one.interface} ${one.address} ${subnetText(one.subnet)}`),
    problems: problems.map(({ what, remedy }) => `${what}. ${remedy}`).join('\n'),
    elsewhere,
  };
}

test('a file without networks serves the only Ethernet interface with an address', () => {
  assert.deepEqual(choose({}, ONE).links, ['eth0 eth0 10.1.0.2 10.1.0.0/24']);
  assert.deepEqual(choose({ main: {} }, ONE).links, ['main eth0 10.1.0.2 10.1.0.0/24']);
});

test('of several interfaces none is guessed: they are named, and how to choose', () => {
  const { links, problems } = choose({}, TWO);
  assert.deepEqual(links, []);
  assert.match(problems, /several interfaces could be served: eth0, eth1\. .*--interface.*eth0 \(10\.1\.0\.2\/24\)/);
});

test('a network is served where it names an interface, else where an address lies in its subnet', () => {
  const networks = { lan: { interface: 'eth0' }, lab: { subnet: '10.3.0.0/24' } };
  assert.deepEqual(choose(networks, TWO).links, ['lan eth0 10.1.0.2 10.1.0.0/24', 'lab eth1 10.3.0.2 10.3.0.0/24']);
});

test('a network that says neither gets the interface that the others leave', () => {
  const networks = { rest: {}, lan: { interface: 'eth0' } };
  assert.deepEqual(choose(networks, TWO).links, ['lan eth0 10.1.0.2 10.1.0.0/24', 'rest eth1 10.2.0.2 10.2.0.0/16']);
});

test('the subnet of cluster.yaml goes before the prefix of the interface', () =>
  assert.deepEqual(choose({ lab: { subnet: '10.2.0.0/24', interface: 'eth1' } }, TWO).links, [
    'lab eth1 10.2.0.2 10.2.0.0/24',
  ]));

test('a network of another place is told apart from one that cannot be served', () => {
  const { links, elsewhere, problems } = choose({ lan: { interface: 'eth0' }, far: { subnet: '10.9.0.0/24' } }, TWO);
  assert.deepEqual([links.length, elsewhere, problems], [1, ['far'], '']);
});

test('an interface that is missing, has no address, is a port or no Ethernet is said with its remedy', () => {
  const here = [...ONE, card('bare', []), card('port', [], { master: 'br0' })];
  const said = (name: string): string => choose({ lan: { interface: name } }, here).problems;
  assert.match(said('eth7'), /interface eth7 of the network lan is not on this machine.*eth0 \(10\.1\.0\.2\/24\)/);
  assert.match(said('bare'), /bare of the network lan has no IPv4 address\. .*ip address add .* dev bare/);
  assert.match(said('port'), /is a port of the bridge br0\. Name the bridge/);
  assert.match(said('lo'), /is no Ethernet/);
  assert.match(
    choose({ lan: { interface: 'eth0', subnet: '10.9.0.0/24' } }, here).problems,
    /no address in 10\.9\.0\.0/,
  );
  assert.match(choose({}, [LO, card('bare', [])]).problems, /no Ethernet interface .* has an IPv4 address/);
});

test('two networks on one interface are refused', () =>
  assert.match(
    choose({ a: { subnet: '10.2.0.0/16' }, b: { subnet: '10.3.0.0/24' } }, TWO).problems,
    /a and b are both/,
  ));

test('what the call names goes before cluster.yaml', () => {
  const lab = { lab: { subnet: '10.3.0.0/24' } };
  assert.deepEqual(choose(lab, TWO, { interfaces: ['eth1'] }).links, ['lab eth1 10.3.0.2 10.3.0.0/24']);
  assert.deepEqual(choose(lab, TWO, { interfaces: ['eth0'] }).links, ['eth0 eth0 10.1.0.2 10.1.0.0/24']);
  assert.deepEqual(choose({ main: {} }, TWO, { addresses: ['10.2.0.2' as Ipv4] }).links, [
    'main eth1 10.2.0.2 10.2.0.0/16',
  ]);
  assert.match(choose({}, TWO, { interfaces: ['wlan9'] }).problems, /interface wlan9 is not on this machine/);
  assert.match(
    choose({}, TWO, { addresses: ['10.9.9.9' as Ipv4] }).problems,
    /no interface .* has the address 10\.9\.9\.9/,
  );
});
