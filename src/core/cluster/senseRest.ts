import type { Finding } from './finding.ts';
import { nearest } from './near.ts';
import { valueAt } from './shape.ts';
import { at, clash, repeated, type Placed, type Readable } from './sense.ts';
import { networkName } from './senseNetworks.ts';
import { sizeText } from './size.ts';
import type { VmEntry } from './schema.ts';

/** Less than this and no Linux starts; it is a unit mistaken (`64KiB`), not a wish. */
const LEAST_MEMORY = 16 * 2 ** 20;
const LEAST_DISK = 2 ** 20;

/** What is wrong with VMs: each by itself, among each other, and with the networks. */
export function vmFindings({ vms, networks }: Readable): Finding[] {
  const names = networks.map((network) => networkName(network));
  return [
    ...repeated(
      vms,
      (vm) => vm.name,
      (vm, name, other) => clash(vm, other, 'name', `two VMs have the name ${name}`, 'Rename one of them.'),
    ),
    ...vms.flatMap((vm) => [...sizeFindings(vm), ...networkOf(vm, names)]),
  ];
}

function sizeFindings(vm: Placed<VmEntry>): Finding[] {
  const { memory, disk } = vm.value;
  const small = (key: string, what: string, least: number): Finding =>
    at(vm, key, `${what} of a VM`, `Give at least ${sizeText(least)}.`);
  return [
    ...(memory < LEAST_MEMORY
      ? [small('memory', `${sizeText(memory)} is too little for the memory`, LEAST_MEMORY)]
      : []),
    ...(disk && disk.size < LEAST_DISK
      ? [small('disk', `${sizeText(disk.size)} is too little for a disk`, LEAST_DISK)]
      : []),
  ];
}

function networkOf(vm: Placed<VmEntry>, names: readonly string[]): Finding[] {
  const { network } = vm.value;
  if (network === undefined || names.includes(network)) return [];
  const near = nearest(network, names);
  const known = names.length === 0 ? 'there is none' : `there is ${names.join(', ')}`;
  const remedy =
    near === undefined ? `Name one that stands under \`networks:\` (${known}).` : `Did you mean \`${near}\`?`;
  return [at(vm, 'network', `there is no network \`${network}\``, remedy)];
}

/** A selector that names nothing would fit every host, which is hardly what its writer means. */
export function selectorFindings({ selectors }: Readable): Finding[] {
  return selectors
    .filter(({ value }) => typeof value === 'object' && isEmpty(value))
    .map(({ path }) => ({
      path,
      part: 'key' as const,
      what: 'this selector names nothing',
      remedy: `Write \`labels:\` or \`name:\` below it, or remove \`for:\`${path[0] === 'pools' ? '' : ' to mean every host'}.`,
    }));
}

/** A key that is misspelt has its own mistake already, and was meant to choose. */
const isEmpty = (selector: object | null): boolean =>
  Object.entries(selector ?? {}).every(
    ([key, value]) =>
      ['labels', 'hardware'].includes(key) && (value === null || Object.keys(Object(value)).length === 0),
  );

/** A host that carries nothing by which a machine could be known. */
export function namelessFindings(root: unknown): Finding[] {
  const hosts = valueAt(root, ['hosts']);
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host: unknown, index) => {
    const known = ['mac', 'uuid', 'serial'].some((key) => valueAt(host, [key]) !== undefined);
    if (known || typeof host !== 'object' || host === null || Object.keys(host).some((key) => isMeant(key))) return [];
    const what = 'nothing says which machine this host is';
    return [{ path: ['hosts', index], part: 'value', what, remedy: 'Add `mac:`, `uuid:` or `serial:`.' }];
  });
}

/** A key that was meant to say which machine it is has its own mistake already. */
const isMeant = (key: string): boolean => key === '<<' || nearest(key, ['mac', 'uuid', 'serial']) !== undefined;
