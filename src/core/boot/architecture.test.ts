import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edk2, message } from '../../../test/fixtures/dhcp.ts';
import type { Mac } from '../net/mac.ts';
import { answer } from './answer.ts';
import { policy } from '../../../test/fixtures/policy.ts';
import { ARCHITECTURES } from './architecture.ts';
import { clientOf } from './client.ts';
import { LOADER_FILES, loaderFor } from './loaders.ts';

const ALL = { present: new Set(LOADER_FILES), own: {} };

/** What every architecture gets where every loader is there: the transport and the file, or `-`. */
const TABLE: Readonly<Record<number, string>> = {
  0: 'tftp undionly.kpxe',
  1: '-',
  2: '-',
  3: '-',
  4: '-',
  5: '-',
  6: 'tftp snponly-ia32.efi',
  7: 'tftp snponly.efi',
  8: '-',
  9: 'tftp snponly.efi',
  10: 'tftp snponly-arm32.efi',
  11: 'tftp snponly-arm64.efi',
  12: '-',
  13: '-',
  14: '-',
  15: 'http snponly-ia32.efi',
  16: 'http snponly.efi',
  17: 'http snponly.efi',
  18: 'http snponly-arm32.efi',
  19: 'http snponly-arm64.efi',
  20: '-',
  21: 'tftp snponly-arm32.efi',
  22: 'tftp snponly-arm64.efi',
  23: 'http snponly-arm32.efi',
  24: 'http snponly-arm64.efi',
  25: 'tftp snponly-riscv32.efi',
  26: 'http snponly-riscv32.efi',
  27: 'tftp snponly-riscv64.efi',
  28: 'http snponly-riscv64.efi',
  29: '-',
  30: '-',
  31: '-',
  32: '-',
  33: '-',
  34: '-',
  35: '-',
  36: '-',
  37: '-',
  38: '-',
  39: 'tftp snponly-loong64.efi',
  40: 'http snponly-loong64.efi',
  41: 'tftp rpi/config.txt',
};

test('G: every architecture gets its loader by its transport, or none for a reason', () => {
  assert.deepEqual(
    [...ARCHITECTURES.keys()].sort((one, other) => one - other),
    Object.keys(TABLE).map(Number),
  );
  for (const [code, wanted] of Object.entries(TABLE)) {
    const given = loaderFor(Number(code), ALL);
    const shown = 'file' in given ? `${given.by} ${given.file.replace('loaders/', '')}` : '-';
    assert.equal(shown, wanted, code);
    if ('why' in given) assert.match(given.why, /^there is no loader for .+ \(option 93: \d+\): .+/);
  }
});

test('G, G1: an architecture that nobody knows keeps its number in the reason', () => {
  for (const arch of [42, 99, 65535]) {
    const given = loaderFor(arch, ALL);
    assert.ok('why' in given && given.why.includes(`option 93: ${arch}`));
  }
  const silent = loaderFor(null, ALL);
  assert.ok('why' in silent && silent.why.includes('option 93: absent'));
});

test('G: the better loader that is there is given; where none is, the reason names the files and the way to bring one', () => {
  const only = (...files: readonly string[]) => ({ present: new Set(files), own: {} });
  assert.deepEqual(loaderFor(11, only('loaders/ipxe-arm64.efi')), { file: 'loaders/ipxe-arm64.efi', by: 'tftp' });
  assert.deepEqual(loaderFor(7, only('loaders/ipxe.efi')), { file: 'loaders/ipxe.efi', by: 'tftp' });
  const none = loaderFor(11, only());
  assert.ok(
    'why' in none && none.why.includes('boot/loaders/ipxe-arm64.efi') && none.why.includes('boot.loaders.uefi-arm64'),
  );
});

test('J4: of two loaders the one that uses the card as the firmware drives it is given, on every kind of UEFI', () => {
  const given = Object.entries(TABLE).flatMap(([code, shown]) =>
    shown.includes('.efi') ? [loaderFor(Number(code), ALL)] : [],
  );
  assert.ok(given.length > 10);
  for (const loader of given) assert.match('file' in loader ? loader.file : '', /^loaders\/snponly/);
});

test('G: firmware that Debian has no loader for is told the command that builds one', () => {
  for (const [arch, kind] of [
    [6, 'uefi-ia32'],
    [10, 'uefi-arm32'],
    [25, 'uefi-riscv32'],
  ] as const) {
    const none = loaderFor(arch, { present: new Set(), own: {} });
    assert.ok('why' in none && none.why.includes(`\`pxen image loaders --build ${kind}\` makes one`));
  }
  const x64 = loaderFor(7, { present: new Set(), own: {} });
  assert.ok('why' in x64 && !x64.why.includes('--build'));
});

test("G: a loader of one's own goes before ours, for its kind of firmware only", () => {
  const own = { present: ALL.present, own: { 'uefi-x64': 'mine/x.efi' } };
  assert.deepEqual(loaderFor(7, own), { file: 'mine/x.efi', by: 'tftp' });
  assert.deepEqual(loaderFor(16, own), { file: 'mine/x.efi', by: 'http' });
  assert.deepEqual(loaderFor(0, own), { file: 'loaders/undionly.kpxe', by: 'tftp' });
});

test('G: a Raspberry Pi is known by its card in its ROM only, not in the UEFI that it starts', () => {
  const pi = 'dc:a6:32:00:00:01' as Mac;
  assert.equal(clientOf(message(pi, edk2(0))).arch, 41);
  assert.equal(clientOf(message(pi, edk2(11))).arch, 11);
  assert.equal(clientOf(message(pi, { ...edk2(0), userClass: ['iPXE'] })).arch, 0);
  assert.equal(clientOf(message('52:54:00:00:00:01' as Mac, edk2(0))).arch, 0);
});

test('G: firmware that fetches by HTTP gets a URL, whatever its architecture is called', () => {
  const client = clientOf(message('52:54:00:00:00:01' as Mac, { ...edk2(7), vendorClass: 'HTTPClient:Arch:00007' }));
  const given = answer({ protocol: 'dhcp', client, hasLoader: false }, policy('full', { loaders: ALL }));
  assert.ok(given.kind === 'loader' && given.by === 'http');
});
