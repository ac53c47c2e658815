import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { message } from '../../../test/fixtures/dhcp.ts';
import { below, seededChance } from '../../shell/chance.ts';
import { clientOf } from '../boot/client.ts';
import { parseDmi } from '../discover/dmi.ts';
import type { Mac } from '../net/mac.ts';
import { entryOf } from './hostEntry.ts';
import { isFilled } from './liars.ts';
import { canonicalUuid, hostnameOf, isTrueUuid, machineUuid } from './machine.ts';
import { hostUuidOfMac } from './uuid.ts';

const VECTORS = join(import.meta.dirname, '../../../test/vectors/smbios/boards.txt');
const mac = '52:54:00:00:00:07' as Mac;

interface Board {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

const boards: readonly Board[] = readFileSync(VECTORS, 'utf8')
  .split('\n\n')
  .map((paragraph) => {
    const [head = '', ...lines] = paragraph.trim().split('\n');
    const fields = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
    return { name: head.replace(/^# /, ''), fields: Object.fromEntries(fields) as Record<string, string> };
  });

for (const { name, fields } of boards) {
  const { product_uuid: uuid = '', option97, believed } = fields;
  test(`${name}: ${believed} is believed`, () => {
    const dmi = parseDmi(fields);
    const isTrue = believed === 'uuid';
    assert.equal(machineUuid(dmi.uuid, mac), isTrue ? uuid.toLowerCase() : hostUuidOfMac(mac));
    assert.equal(isFilled(fields['product_serial'] ?? ''), believed === 'serial');
    if (believed === 'nothing') assert.equal(dmi.serial, '');
    if (option97 === undefined) return;
    // What its firmware says on the network is the same machine.
    const machineId = Buffer.from(option97.replaceAll(' ', ''), 'hex');
    const { uuid: heard } = clientOf(message(mac, { machineId }));
    assert.equal(heard !== null, isTrue);
    if (heard === null) return;
    assert.equal(canonicalUuid(heard), canonicalUuid(dmi.uuid));
    assert.equal(hostnameOf(machineUuid(heard, mac)), hostnameOf(machineUuid(dmi.uuid, mac)));
    const entry = { name: 'it', uuid, labels: {}, wake: true, disks: [], options: {}, boot: 'allow' as const };
    assert.equal(entryOf({ hosts: [entry] }, { uuid: heard, serial: '', macs: [] })?.name, 'it');
  });
}

test('both orders of bytes give one form, whichever comes, and the form is one of the two', () => {
  const chance = seededChance(97);
  for (let round = 0; round < 500; round += 1) {
    const bytes = Buffer.from(Array.from({ length: 16 }, () => below(chance, 256)));
    const text = (order: readonly number[]): string =>
      Buffer.from(order.map((at) => bytes[at] ?? 0))
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const plain = text([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    const turned = text([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert.equal(canonicalUuid(plain), canonicalUuid(turned.toUpperCase()));
    assert.ok([plain, turned].includes(canonicalUuid(plain)));
    assert.equal(isTrueUuid(plain), isTrueUuid(turned));
  }
});

test('serial numbers that nobody filled in are none, and real ones are', () => {
  const lies =
    'To Be Filled By O.E.M.|Default string|System Serial Number|Not Specified|N/A|none|0|0000000|1234567890|0123456789|123456789|xxxxxxxx|.....|empty|INVALID|(null string)|SN-12345|EVAL|Serial Number|Base Board Serial Number|Chassis_Serial_Number| ';
  for (const lie of lies.split('|')) assert.ok(!isFilled(lie), lie);
  for (const real of [
    'CZ3421XYZ9',
    '5CG1234ABC',
    'S4EVNF0M123456',
    'J2K9QX2',
    '123456789A',
    'VMware-42 0b',
    '2UA0123456',
  ]) {
    assert.ok(isFilled(real), real);
  }
});

test('a serial number that many boards share finds no entry of cluster.yaml', () => {
  const entry = {
    name: 'it',
    serial: 'Default string',
    labels: {},
    wake: true,
    disks: [],
    options: {},
    boot: 'allow' as const,
  };
  assert.equal(entryOf({ hosts: [entry] }, { uuid: '', serial: 'Default string', macs: [] }), undefined);
});
