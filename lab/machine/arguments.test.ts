import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machines } from '../plan.ts';
import { machineArguments, type MachineSpec } from './arguments.ts';

const tools = { qemu: 'qemu', accel: 'tcg', ovmf: { code: '/code.fd', vars: '/vars.fd' } } as const;
const wiring = { network: '/tmp/a,b/net', qmp: '/tmp/qmp', vars: '/own/vars.fd', nonce: 'c0ffee' };
const [first, second, third] = machines({
  hosts: 3,
  firmware: 'mixed',
  drive: '/rack/drive.img',
  folder: (name) => `/rack/${name}`,
}) as [MachineSpec, MachineSpec, MachineSpec];

test('the machine with the drive starts from it, then from the network', () => {
  const words = machineArguments(first, tools, wiring).join(' ');
  assert.match(
    words,
    /"driver":"usb-storage","id":"stick","bus":"xhci.0","drive":"stick-file","removable":true,"bootindex":1/,
  );
  assert.match(words, /virtio-net-pci,id=nic0,netdev=net0,mac=52:54:00:00:00:01,bootindex=2/);
  assert.match(words, /if=pflash,unit=1,format=raw,file=\/own\/vars.fd/);
});

test('a BIOS machine has no flash, a machine without a drive no USB', () => {
  const words = machineArguments(third, tools, wiring).join(' ');
  assert.doesNotMatch(words, /pflash|usb|xhci/);
  assert.match(words, /mac=52:54:00:00:00:03,bootindex=1/);
});

test('every machine has its names, its serial numbers and the nonce of this power-on', () => {
  const words = machineArguments(second, tools, wiring).join(' ');
  assert.match(
    words,
    /type=1,manufacturer=pxen,product=lab,serial=PXENLAB02,uuid=70786e00-6c61-4b62-8000-000000000002/,
  );
  assert.match(words, /type=3,manufacturer=pxen,asset=c0ffee/);
  assert.match(words, /virtio-blk-pci,drive=disk0,serial=PXENDISK02/);
  assert.match(words, /virtio-rng-pci/);
});

test('a comma in a path is no end of an option', () => {
  assert.ok(machineArguments(second, tools, wiring).some((word) => word.endsWith('addr.path=/tmp/a,,b/net')));
});

test('OVMF boots by its own network stack where it knows the card, SeaBIOS by the iPXE of the ROM', () => {
  const card = (spec: MachineSpec): string =>
    machineArguments(spec, tools, wiring).find((word) => word.includes('id=nic0')) ?? '';
  assert.match(card(second), /^virtio-net-pci,.*,romfile=$/);
  for (const spec of [third, { ...second, card: 'e1000' } as const]) assert.doesNotMatch(card(spec), /romfile/);
});

test('OVMF that keeps its variables by system management mode gets it', () => {
  const ovmf = { ...tools.ovmf, smm: true } as const;
  const words = machineArguments(second, { ...tools, ovmf }, wiring).join(' ');
  assert.match(words, /q35,graphics=off,smm=on .*cfi\.pflash01,property=secure,value=on/);
  assert.doesNotMatch(machineArguments(third, { ...tools, ovmf }, wiring).join(' '), /smm|pflash/);
});

test('what OVMF is not to try it is told, and a kernel is started in place of a boot device', () => {
  const words = (more: Partial<MachineSpec>): string =>
    machineArguments({ ...second, ...more }, tools, wiring).join(' ');
  assert.match(words({ netboot: 'http' }), /IPv4PXESupport,string=n .*IPv6PXESupport,string=n/);
  assert.doesNotMatch(words({ netboot: 'pxe' }), /IPv4PXESupport/);
  assert.doesNotMatch(words({}), /fw_cfg|-kernel/);
  assert.match(words({ kernel: '/ipxe.lkrn' }), /-kernel \/ipxe.lkrn/);
});

test('a machine with an ARM processor has its own board, and edk2 or U-Boot in its flash', () => {
  const words = machineArguments(second, { ...tools, processor: 'arm64' }, wiring).join(' ');
  assert.match(words, /-machine virt -accel tcg,tb-size=\d+ -cpu max/);
  assert.match(words, /if=pflash,unit=0,format=raw,file=\/code.fd,readonly=on .*unit=1,format=raw,file=\/own\/vars.fd/);
});
