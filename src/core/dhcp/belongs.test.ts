import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ip, message } from '../../../test/fixtures/dhcp.ts';
import { ANY_IPV4, parseSubnet, type Ipv4 } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';
import { hex } from '../net/text.ts';
import { belongsTo, type Reachable } from './belongs.ts';
import { relayInfo } from './relayInfo.ts';

const network = (name: string, subnet: string, here: boolean, relays: Reachable['relays'] = false): Reachable => ({
  name,
  subnet: parseSubnet(subnet)!,
  here,
  relays,
});
const NETWORKS = [
  network('main', '10.1.2.0/24', true),
  network('other', '10.1.3.0/24', false),
  network('far', '10.1.4.0/24', false, true),
  network('farther', '10.1.5.0/24', false, [ip('10.1.5.1'), ip('10.9.9.9')]),
];

const option82 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function where(giaddr: Ipv4, ciaddr: Ipv4 = ANY_IPV4, relayAgent?: Uint8Array, networks = NETWORKS): string {
  const options = relayAgent === undefined ? {} : { relayAgent };
  const found = belongsTo(message('52:54:00:00:00:01' as Mac, options, { giaddr, ciaddr }), networks);
  return 'network' in found ? found.network.name : found.why;
}

test('D1, D10: a packet belongs to the interface it came in by, or to where its relay agent is', () => {
  assert.equal(where(ANY_IPV4), 'main');
  assert.equal(where(ip('10.1.4.1')), 'far');
  assert.equal(where(ip('10.1.5.1')), 'farther');
  assert.equal(where(ip('10.1.2.9')), 'main', 'a relay agent on our own link');
});

test('D1: a relay agent that nobody let in gets silence, and the reason names it', () => {
  assert.match(where(ip('10.77.0.1')), /no network of cluster\.yaml has 10\.77\.0\.1/);
  assert.match(where(ip('10.1.5.2')), /`farther` takes nothing from the relay agent 10\.1\.5\.2/);
  assert.match(where(ip('10.1.3.1')), /`other` takes nothing/);
  assert.match(where(ANY_IPV4, ANY_IPV4, undefined, []), /no network is served on this interface/);
});

test('D4: link selection goes before giaddr (RFC 3527)', () => {
  assert.equal(where(ip('10.9.9.9'), ANY_IPV4, option82('01 01 07 05 04 0a010500')), 'farther');
  assert.equal(where(ip('10.1.4.1'), ANY_IPV4, option82('05 04 0a010200')), 'main');
});

test('a machine behind a relay agent renews past it, and its own address tells where it is', () => {
  assert.equal(where(ANY_IPV4, ip('10.1.4.77')), 'far');
  assert.equal(where(ANY_IPV4, ip('10.1.2.77')), 'main');
  assert.equal(where(ANY_IPV4, ip('10.1.3.77')), 'main', 'it moved here from the link next door');
});

test('D3, D4: the sub-options of option 82 are read, and damaged ones say nothing', () => {
  assert.deepEqual(relayInfo(option82('05 04 0a010500 0a 01 80 0b 04 0a010501 13 00')), {
    linkSelection: '10.1.5.0',
    serverId: '10.1.5.1',
    unicast: true,
    usesSourcePort: true,
  });
  const nothing = relayInfo(undefined);
  assert.deepEqual(relayInfo(option82('0a 01 00')), { ...nothing, unicast: false });
  for (const bad of ['05', '05 04 0a01', '05 03 0a0105', '0a 02 8000', '0b 00']) {
    assert.deepEqual(relayInfo(option82(bad)), nothing, hex(option82(bad)));
  }
});
