import { appliedAgain } from '../core/boot/applied.ts';
import { APPLIED, hostFiles, type HostFile } from '../core/boot/hostFiles.ts';
import { vendorOf } from '../core/boot/hardware.ts';
import type { Cluster, HostEntry } from '../core/cluster/schema.ts';
import { selectableOf } from '../core/cluster/pools.ts';
import { hardwareMatters, type Hardware, type Selectable } from '../core/cluster/selector.ts';
import { DMI_FILES, parseDmi } from '../core/discover/dmi.ts';
import { parseXlInfo, XL_INFO } from '../core/discover/xl.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { PlaceDeps } from './place.ts';

/** What this machine is to cluster.yaml. */
export interface Self {
  readonly name: string;
  readonly entry: HostEntry | undefined;
}

/**
 * Puts onto this host what the others find in their initrd, and begins it: this one is up already when cluster.yaml is read.
 * What fails is said, and all else is done. `drive`: the folder that files come from.
 */
export async function putOwnFiles(cluster: Cluster, self: Self, drive: string, deps: PlaceDeps): Promise<void> {
  const files = await withBefore(hostFiles(cluster, await selectableSelf(cluster, self, deps)), deps);
  for (const file of files) await tried(file.path, () => put(file, drive, deps), deps);
  for (const command of beginning(files)) {
    await tried(command.join(' '), async () => void (await deps.run(command)), deps);
  }
}

/** Where settings have changed since this host was booted: what is not wanted any more stands until its next boot. */
async function withBefore(wanted: readonly HostFile[], { files }: PlaceDeps): Promise<readonly HostFile[]> {
  const before = await files.read(APPLIED);
  if (before === undefined) return wanted;
  return wanted.map((file) =>
    file.path === APPLIED && 'text' in file ? { ...file, text: appliedAgain(before, file.text) } : file,
  );
}

async function tried(what: string, work: () => Promise<void>, { log }: PlaceDeps): Promise<void> {
  await work().catch((error: unknown) => log.say('BOOT_OWN_FILE', { what, why: sentenceOf(error) }));
}

async function put(file: HostFile, drive: string, { run, files }: PlaceDeps): Promise<void> {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  if ('target' in file) {
    await run(['mkdir', '-p', folder]);
    await run(['ln', '-sfn', file.target, file.path]);
    return;
  }
  const mode = file.mode.toString(8);
  if ('from' in file) return void (await run(['install', '-D', '-m', mode, `${drive}/${file.from}`, file.path]));
  await files.write(file.path, file.text);
  await run(['chmod', mode, file.path]);
}

/** What makes files that were written into a running system count. */
function beginning(files: readonly HostFile[]): string[][] {
  const units = files.flatMap((file) => /^\/etc\/systemd\/system\/(.*\/)?([^/]+)$/.exec(file.path)?.[2] ?? []);
  if (units.length === 0) return [];
  const masked = files.flatMap((file) => ('target' in file && file.target === '/dev/null' ? nameOf(file.path) : []));
  const wanted = files.flatMap((file) => (file.path.includes('.wants/') ? nameOf(file.path) : []));
  // Modules and sysctls first, so that a unit that comes after them waits for them (systemd.unit(5), "After=").
  const started = wanted.toSorted((a, b) => Number(AGAIN.test(b)) - Number(AGAIN.test(a)));
  return [
    ['systemctl', 'daemon-reload'],
    ...masked.map((unit) => ['systemctl', 'stop', '--no-block', unit]),
    // Begun by another's hand already where a server begins anew; these two end at once and read anew.
    ...started.map((unit) => ['systemctl', AGAIN.test(unit) ? 'restart' : 'start', '--no-block', unit]),
  ];
}

const AGAIN = /^(systemd-modules-load|pxen-sysctl)\.service$/;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** From the drive a host is always one of pxen's own. */
export async function selectableSelf(cluster: Cluster, self: Self, deps: PlaceDeps): Promise<Selectable> {
  const host = selectableOf(cluster, self, 'xen');
  if (!hardwareMatters(cluster, host)) return host;
  return selectableOf(cluster, { ...self, hardware: await ownHardware(deps) }, 'xen');
}

async function ownHardware({ run, files, log }: PlaceDeps): Promise<Hardware> {
  const texts = await Promise.all(DMI_FILES.map((name) => files.read(`/sys/class/dmi/id/${name}`)));
  const dmi = parseDmi(Object.fromEntries(DMI_FILES.map((name, index) => [name, texts[index] ?? ''])));
  const vendor = /^vendor_id\s*:\s*(\S+)/m.exec((await files.read('/proc/cpuinfo')) ?? '')?.[1];
  const xen = await run(XL_INFO)
    .then(({ stdout }) => parseXlInfo(stdout))
    .catch((error: unknown) => {
      log.say('BOOT_OWN_FILE', { what: 'xl info', why: sentenceOf(error) });
      return undefined;
    });
  const told = (text: string): string | undefined => (text === '' ? undefined : text);
  return {
    cpuVendor: vendorOf(vendor ?? ''),
    manufacturer: told(dmi.manufacturer),
    product: told(dmi.product),
    memory: xen?.total,
    cpus: xen?.cpus,
    firmware: (await files.exists('/sys/firmware/efi')) ? 'uefi' : 'bios',
  };
}
