import { DMI_FILES, parseDmi, type Dmi } from '../core/discover/dmi.ts';
import { parseFacts } from '../core/discover/proc.ts';
import { hostnameOf, machineUuid } from '../core/identity/machine.ts';
import { parseMac, type Mac } from '../core/net/mac.ts';
import { Failure } from '../shell/fail.ts';
import { PATHS, type Machine } from './machine.ts';

/** Who this host is, and how it came up. Fixed for one boot. */
export interface Identity {
  readonly uuid: string;
  readonly name: string;
  readonly dmi: Dmi;
  readonly mac: Mac;
  readonly place: 'host0' | 'hostU';
  readonly boot: 'drive' | 'network';
  readonly firmware: 'uefi' | 'bios';
  readonly cluster: string;
  readonly release: string;
  /** SHA-256 of the release's manifest, hex. */
  readonly manifest: string;
  /** IPv4 address of the boot server; empty on the host that is to serve. */
  readonly server: string;
  /** Its own address with prefix; may be empty. */
  readonly address: string;
  /** The profile it booted as; from the drive a host is always one of pxen's own. */
  readonly profile: string;
  readonly fetched: number;
  /** FAT volume id of the drive it was booted from; empty for none. */
  readonly volume: string;
  /** The partition that stage 1 found the drive on. */
  readonly device: string;
  readonly bootId: string;
  readonly linux: string;
  readonly cpuModel: string;
}

/** Puts together what stage 1, the firmware and the kernel say. Fails where stage 1 left nothing. */
export async function identify(machine: Machine): Promise<Identity> {
  const { files } = machine;
  const [text, dmi, commandLine, bootId, linux, cpuinfo] = await Promise.all([
    files.read(PATHS.facts),
    readDmi(machine),
    files.read('/proc/cmdline'),
    files.read('/proc/sys/kernel/random/boot_id'),
    files.read('/proc/sys/kernel/osrelease'),
    files.read('/proc/cpuinfo'),
  ]);
  if (text === undefined) throw noFacts();
  const facts = parseFacts(text);
  const mac = parseMac(facts['PXEN_MAC'] ?? '') ?? (await firstMac(machine));
  return {
    ...fromFacts(facts, machineUuid(dmi.uuid, mac)),
    dmi,
    mac,
    volume: /(?:^| )pxen\.drive=(\S+)/.exec(commandLine ?? '')?.[1] ?? '',
    bootId: (bootId ?? '').trim(),
    linux: (linux ?? '').trim(),
    cpuModel:
      /^model name\s*:\s*(.*)$/m
        .exec(cpuinfo ?? '')?.[1]
        ?.trim()
        .replaceAll(/\s+/g, ' ') ?? '',
  };
}

function fromFacts(facts: Readonly<Record<string, string>>, uuid: string) {
  const fact = (name: string): string => facts[`PXEN_${name}`] ?? '';
  const drive = fact('BOOT') === 'drive';
  return {
    uuid,
    name: fact('NAME') || hostnameOf(uuid),
    place: drive ? ('host0' as const) : ('hostU' as const),
    boot: drive ? ('drive' as const) : ('network' as const),
    firmware: fact('FIRMWARE') === 'uefi' ? ('uefi' as const) : ('bios' as const),
    cluster: fact('CLUSTER'),
    release: fact('RELEASE'),
    manifest: fact('MANIFEST'),
    server: fact('SERVER'),
    address: fact('ADDRESS'),
    profile: fact('PROFILE') || 'xen',
    fetched: Number(fact('FETCHED')) || 0,
    device: fact('DRIVE'),
  };
}

/** The same host with what its own boot server found out from cluster.yaml and said in the facts. */
export function named(identity: Identity, facts: Readonly<Record<string, string>>): Identity {
  const { name, cluster, server } = fromFacts(facts, identity.uuid);
  return { ...identity, name, cluster, server };
}

async function readDmi({ files }: Machine): Promise<Dmi> {
  const texts = await Promise.all(DMI_FILES.map((name) => files.read(`${PATHS.dmi}/${name}`)));
  return parseDmi(Object.fromEntries(DMI_FILES.map((name, index) => [name, texts[index] ?? ''])));
}

/** The lowest MAC of a real card, for a host whose stage 1 named none. */
async function firstMac({ files }: Machine): Promise<Mac> {
  const macs: Mac[] = [];
  for (const name of await files.list('/sys/class/net')) {
    if (!(await files.exists(`/sys/class/net/${name}/device`))) continue;
    const mac = parseMac((await files.read(`/sys/class/net/${name}/address`)) ?? '');
    if (mac !== undefined) macs.push(mac);
  }
  const [first] = macs.sort();
  if (first === undefined)
    throw new Failure('this host has no network card', 'Put in a card that its Linux has a driver for.');
  return first;
}

const noFacts = (): Failure =>
  new Failure(`${PATHS.facts} is missing: stage 1 of the boot did not hand over`, 'Boot this host again from pxen.');
