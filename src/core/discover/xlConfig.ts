/** What xl needs to know to make a domain. Sizes are bytes. */
export interface DomainConfig {
  readonly name: string;
  readonly uuid: string;
  readonly type: 'pv' | 'pvh';
  readonly cpus: number;
  readonly memory: number;
  readonly kernel: string;
  readonly initrd: string;
  /** Block device that becomes xvda; null for none. */
  readonly disk: string | null;
  readonly mac: string | null;
}

export const BRIDGE = 'xenbr0';

/** PVH where the machine has nested page tables: faster and a smaller door into Xen than PV; PV runs everywhere else. */
export const guestType = (caps: readonly string[]): DomainConfig['type'] =>
  caps.includes('hvm') && caps.includes('hap') ? 'pvh' : 'pv';

/**
 * The text of xl.cfg(5). A guest that reboots or crashes starts again, as XAPI's defaults have it; one that switches
 * itself off stays off. `target=` takes the rest of a disk's line (xl-disk-configuration(5)), so it comes last.
 */
export function xlConfig(domain: DomainConfig): string {
  const mebibytes = Math.ceil(domain.memory / 2 ** 20);
  const disks = domain.disk === null ? [] : [`format=raw,vdev=xvda,access=rw,backendtype=phy,target=${domain.disk}`];
  const vifs = domain.mac === null ? [] : [`mac=${domain.mac},bridge=${BRIDGE},script=vif-bridge`];
  const settings: readonly (readonly [string, string | number | readonly string[]])[] = [
    ['name', domain.name],
    ['uuid', domain.uuid],
    ['type', domain.type],
    ['kernel', domain.kernel],
    ['ramdisk', domain.initrd],
    ['extra', 'console=hvc0 panic=10'],
    ['memory', mebibytes],
    ['maxmem', mebibytes],
    ['vcpus', domain.cpus],
    ['disk', disks],
    ['vif', vifs],
    ['on_poweroff', 'destroy'],
    ['on_reboot', 'restart'],
    ['on_crash', 'restart'],
  ];
  return settings.map(([name, value]) => `${name} = ${valueText(value)}\n`).join('');
}

function valueText(value: string | number | readonly string[]): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? quoted(value) : `[ ${value.map(quoted).join(', ')} ]`;
}

/** xl.cfg knows no way to write a quote or a line break inside a string, so neither may occur. */
function quoted(text: string): string {
  if (/["'\\\n\r]/.test(text)) throw new RangeError(`${JSON.stringify(text)} cannot stand in a configuration of xl`);
  return `"${text}"`;
}
