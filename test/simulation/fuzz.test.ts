import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBeacon } from '../../src/core/boot/beacon.ts';
import { FEATURE } from '../../src/core/boot/client.ts';
import { domains } from '../../src/core/dhcp/shapes/domains.ts';
import { decodePacket, encodePacket, MESSAGE } from '../../src/core/dhcp/packet.ts';
import { readCpio, writeCpio } from '../../src/core/image/cpio.ts';
import { ANY_IPV4, BROADCAST_IPV4 } from '../../src/core/net/ipv4.ts';
import { DecodeError } from '../../src/core/net/bytes.ts';
import { decodeTftp, encodeTftp } from '../../src/core/tftp/packet.ts';
import { below, seededChance, type Chance } from '../../src/shell/chance.ts';
import { edk2, ip, ipxe, message } from '../fixtures/dhcp.ts';
import { mac } from '../fixtures/cluster.ts';
import { dora, startRig } from '../fixtures/rig.ts';

/** Any bytes either decode or throw DecodeError. Seeded and bounded: the same inputs at every run. */

const ROUNDS = 20_000;

const SEEDS: readonly Uint8Array[] = [
  encodePacket(message(mac(1), edk2(7))).bytes,
  encodePacket(message(mac(2), ipxe(0, [FEATURE.http, FEATURE.multiboot]))).bytes,
  encodePacket(message(mac(3), { messageType: MESSAGE.request, overload: 3, requestedAddress: ip('10.1.2.9') })).bytes,
];

/** A few bytes changed, cut, or doubled. */
function mutated(chance: Chance, from: Uint8Array): Uint8Array {
  let bytes = from.slice(0, chance.next() < 0.3 ? below(chance, from.length + 1) : from.length);
  for (let count = below(chance, 8); count > 0 && bytes.length > 0; count -= 1) {
    bytes[below(chance, bytes.length)] = [0, 1, 255, 52, below(chance, 256)][below(chance, 5)] ?? 0;
  }
  if (chance.next() < 0.1) bytes = new Uint8Array([...bytes, ...bytes.subarray(below(chance, bytes.length + 1))]);
  return bytes;
}

/** How many of the inputs a reader took; every other one it must have refused in its own words. */
function taken(seeds: readonly Uint8Array[], seed: number, read: (bytes: Uint8Array) => unknown): number {
  const chance = seededChance(seed);
  let count = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bytes = mutated(chance, seeds[round % seeds.length] ?? new Uint8Array());
    try {
      read(bytes);
      count += 1;
    } catch (error) {
      assert.ok(
        error instanceof DecodeError,
        `round ${round}, ${Buffer.from(bytes).toString('hex')}: ${String(error)}`,
      );
    }
  }
  return count;
}

test('A15: DHCP messages', () => {
  const count = taken(SEEDS, 1, (bytes) => encodePacket(decodePacket(bytes).packet));
  assert.ok(count > ROUNDS / 10 && count < ROUNDS, `${count} were taken`);
});

test('TFTP messages', () => {
  const options = new Map([
    ['blksize', '1432'],
    ['tsize', '0'],
  ]);
  const seeds = [
    encodeTftp({ kind: 'read', path: 'loaders/x', mode: 'octet', options }),
    encodeTftp({ kind: 'oack', options }),
    encodeTftp({ kind: 'ack', block: 7 }),
    encodeTftp({ kind: 'error', code: 1, message: 'no' }),
  ];
  const count = taken(seeds, 2, (bytes) => encodeTftp(decodeTftp(bytes)));
  assert.ok(count > ROUNDS / 10 && count < ROUNDS, `${count} were taken`);
});

test('search lists, steps of stage 1 and archives', () => {
  taken([domains.encode(['a.b', 'lab.internal'])], 3, (bytes) => domains.decode(bytes));
  taken([Buffer.from('pxen1 52:54:00:00:00:01 3.5 fetch 10 MB')], 4, parseBeacon);
  taken([writeCpio([{ kind: 'file', path: 'a', mode: 0o644, bytes: new Uint8Array(9) }])], 5, readCpio);
});

test('A15: a server that is showered with nonsense answers the next client as if nothing had been', async () => {
  const rig = await startRig();
  const chance = seededChance(6);
  const port = await rig.network.machine(ANY_IPV4)({ port: 68 });
  for (let round = 0; round < 2000; round += 1) {
    const bytes = mutated(chance, SEEDS[round % SEEDS.length] ?? new Uint8Array());
    for (const to of [67, 69, 6911]) port.send(bytes, { address: BROADCAST_IPV4, port: to });
    if (round % 100 === 0) await rig.clock.pass(1);
  }
  await rig.clock.pass(1000);
  port.close();
  assert.equal((await dora(rig, mac(9), edk2(7))).file, 'loaders/snponly.efi');
  await rig.host0.stop();
});
