import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Forwarding, MEMBER, MOST_PORTS, portBit, type Membership } from './forwarding.ts';
import { ADA, BEA, CAI, EVERYONE, plain, udp } from './testframes.ts';

function fabric(...members: readonly Partial<Membership>[]): Forwarding {
  const forwarding = new Forwarding();
  for (const member of members) forwarding.addPort({ ...MEMBER, ...member });
  return forwarding;
}

const ALL_BUT = (...ports: readonly number[]) =>
  [0, 1, 2].filter((port) => !ports.includes(port)).reduce((set, port) => set | portBit(port), 0);

test('floods what it does not know, and learns', () => {
  const forwarding = fabric({}, {}, {});
  assert.equal(forwarding.targets(0, plain(BEA, ADA), 0), ALL_BUT(0));
  assert.equal(forwarding.targets(1, plain(ADA, BEA), 0), portBit(0));
  assert.equal(forwarding.targets(0, plain(BEA, ADA), 0), portBit(1));
  assert.equal(forwarding.targets(0, plain(EVERYONE, ADA), 0), ALL_BUT(0));
});

test('never sends a frame back where it came from', () => {
  const forwarding = fabric({}, {}, {});
  forwarding.targets(0, plain(EVERYONE, ADA), 0);
  assert.equal(forwarding.targets(0, plain(ADA, BEA), 0), 0);
});

test('follows an address that moves, and forgets a port whose link went down', () => {
  const forwarding = fabric({}, {}, {});
  forwarding.targets(0, plain(EVERYONE, ADA), 0);
  forwarding.targets(2, plain(EVERYONE, ADA), 0);
  assert.equal(forwarding.targets(1, plain(ADA, BEA), 0), portBit(2));
  forwarding.forget(2);
  assert.equal(forwarding.targets(1, plain(ADA, BEA), 0), ALL_BUT(1));
});

test('does not learn from a group address as source', () => {
  const forwarding = fabric({}, {}, {});
  forwarding.targets(0, plain(BEA, EVERYONE), 0);
  assert.equal(forwarding.targets(1, plain(EVERYONE, BEA), 0), ALL_BUT(1));
});

test('keeps VLANs and the sides of a partition apart, addresses too', () => {
  const forwarding = fabric({ vid: 10 }, { vid: 10 }, { vid: 20 });
  assert.equal(forwarding.targets(0, plain(EVERYONE, ADA), 0), portBit(1));
  forwarding.change(1, { ...MEMBER, vid: 20 });
  assert.equal(forwarding.targets(2, plain(ADA, CAI), 0), portBit(1));
  const split = fabric({}, { side: 1 }, { side: 1 });
  assert.equal(split.targets(0, plain(EVERYONE, ADA), 0), 0);
  assert.equal(split.targets(1, plain(EVERYONE, BEA), 0), portBit(2));
});

test('an unplugged port neither sends nor gets', () => {
  const forwarding = fabric({}, { plugged: false }, {});
  assert.equal(forwarding.targets(0, plain(EVERYONE, ADA), 0), portBit(2));
  assert.equal(forwarding.targets(1, plain(EVERYONE, BEA), 0), 0);
});

test("keeps DHCP off the operator's network, in both directions, and nothing else", () => {
  const forwarding = fabric({}, {}, { dhcp: false });
  const discover = udp(EVERYONE, ADA, 67, Buffer.alloc(240));
  assert.equal(forwarding.targets(0, discover, 0), portBit(1));
  assert.equal(forwarding.targets(2, udp(EVERYONE, CAI, 68, Buffer.alloc(240)), 0), 0);
  assert.equal(forwarding.targets(0, udp(EVERYONE, ADA, 69, Buffer.alloc(20)), 0), ALL_BUT(0));
});

test('reads a frame in the midst of a buffer', () => {
  const forwarding = fabric({}, {}, {});
  const bytes = Buffer.concat([Buffer.alloc(7, 0xee), plain(EVERYONE, ADA)]);
  assert.equal(forwarding.targets(0, bytes, 7), ALL_BUT(0));
  assert.equal(forwarding.targets(1, plain(ADA, BEA), 0), portBit(0));
});

test('refuses one port too many', () => {
  const forwarding = fabric(...Array.from({ length: MOST_PORTS }, () => ({})));
  assert.equal(forwarding.targets(MOST_PORTS - 1, plain(EVERYONE, ADA), 0), portBit(MOST_PORTS - 1) - 1);
  assert.throws(() => forwarding.addPort(MEMBER), RangeError);
});
