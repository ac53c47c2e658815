import type { HostReport } from '../core/api/report.ts';
import type { Wake } from '../core/discover/ethtool.ts';
import { IP_ADDR, parseIpAddr } from '../core/discover/ip.ts';
import { FAILED_UNITS, parseFailedUnits, parseMeminfo } from '../core/discover/proc.ts';
import { storageOf } from '../core/discover/storage.ts';
import { parseXlInfo, parseXlList, XL_INFO, XL_LIST, type Domain } from '../core/discover/xl.ts';
import { fingerprintOfLine } from '../core/ssh/hostKey.ts';
import { Failure, sentenceOf } from '../shell/fail.ts';
import type { Run } from '../shell/run.ts';
import { lookAtApplied } from './applied.ts';
import { healthOf, type Vitals } from './health.ts';
import type { Identity } from './identify.ts';
import { PATHS, type Machine } from './machine.ts';
import { addressOf, pifsOf } from './network.ts';
import { lookAtStorage, type StorageSeen } from './storage.ts';

/** All of a report that is found by looking; the loop adds its counter and how its steps go. */
export type Look = Omit<HostReport, 'schema' | 'counter' | 'doing' | 'done'>;

/** Looks that may pass until storage is looked at again though no block device came, went or was changed by us. */
const STORAGE_EVERY = 12;
const CONSOLE_LINES = 20;
/** Looks that pass until what was begun late can be judged. */
const LOOKS_TO_SETTLE = 3;
/** Milliseconds a tool may take: one that hangs must not silence the host. */
const TOOL_PATIENCE = 60_000;

/** Looks at the machine again and again, asking the dear tools only where something may have changed. */
export class Eyes {
  readonly #machine: Machine;
  readonly #identity: Identity;
  readonly #wake: ReadonlyMap<string, Wake>;
  #storage: { readonly seen: StorageSeen; readonly blocks: string; readonly age: number } | undefined;

  /** Looks since `restBegins`. */
  #began: number | undefined;

  /** Why each look failed the last time; empty where it did not. */
  readonly #failing = new Map<string, string>();

  constructor(machine: Machine, identity: Identity, wake: ReadonlyMap<string, Wake>) {
    this.#machine = machine;
    this.#identity = identity;
    this.#wake = wake;
  }

  /** To be called when the host begins what waited until it was ready: units, modules and sysctls of its settings. */
  restBegins(): void {
    this.#began ??= 0;
  }

  /** To be called when a step has changed what the tools would say. */
  forget(): void {
    this.#storage = undefined;
  }

  /** What storage looked like last; undefined where it could not be seen. */
  get storage(): StorageSeen | undefined {
    return this.#storage?.seen;
  }

  /** Asks all tools at the same time. Never fails: what cannot be seen is empty, said, and makes the look incomplete. */
  async look(): Promise<Look> {
    const { files } = this.#machine;
    const run = this.#run;
    const xl = (await files.exists(PATHS.xenstore)) ? run : noStore;
    const [storage, info, domains, links, failed, memory, linux, sshKey] = await Promise.all([
      this.#ask('the disks', () => this.#lookAtStorage()),
      this.#ask('Xen', async () => parseXlInfo((await xl(XL_INFO)).stdout)),
      this.#ask('the domains', async () => parseXlList((await xl(XL_LIST)).stdout)),
      this.#ask('the network', async () => parseIpAddr((await run(IP_ADDR)).stdout)),
      this.#ask('the units', async () => parseFailedUnits((await run(FAILED_UNITS)).stdout)),
      this.#ask('the memory', async () => parseMeminfo((await files.read('/proc/meminfo')) ?? '')),
      files.read('/proc/cmdline'),
      files.read(`${PATHS.sshKey}.pub`),
    ]);
    if (this.#began !== undefined) this.#began += 1;
    const settled = this.#began !== undefined && this.#began > LOOKS_TO_SETTLE;
    const fingerprint = fingerprintOfLine(sshKey ?? '');
    const seen = { storage, info, domains, failed, memory };
    return {
      boot_id: this.#identity.bootId,
      ...(fingerprint === undefined ? {} : { ssh_fingerprint: fingerprint }),
      ...(await lookAtApplied(this.#machine, settled ? failed : undefined)),
      arguments: { xen: info?.commandLine ?? '', linux: (linux ?? '').trim() },
      complete: storage !== undefined && domains !== undefined,
      health: healthOf(seen),
      host: hostOf(this.#identity, seen, addressOf(this.#identity, links ?? [])),
      PIFs: await pifsOf(this.#machine, links ?? [], this.#wake, this.#identity.mac),
      ...(storage === undefined
        ? { disks: [], SRs: [], VDIs: [] }
        : storageOf({ ...storage, cluster: this.#identity.cluster, drive: this.#identity.volume })),
      VMs: await Promise.all((domains ?? []).filter((domain) => domain.domid !== 0).map((domain) => this.#vm(domain))),
    };
  }

  readonly #run: Run = (command) => this.#machine.run(command, { timeout: TOOL_PATIENCE });

  async #lookAtStorage(): Promise<StorageSeen> {
    const blocks = (await this.#machine.files.list('/sys/class/block')).join(' ');
    const before = this.#storage;
    const fresh = before?.blocks === blocks && before.age < STORAGE_EVERY;
    this.#storage = undefined;
    const seen = fresh ? before.seen : await lookAtStorage({ run: this.#run });
    this.#storage = { seen, blocks, age: fresh ? before.age + 1 : 1 };
    return seen;
  }

  async #ask<T>(what: string, question: () => Promise<T>): Promise<T | undefined> {
    let reason = '';
    try {
      return await question();
    } catch (error) {
      reason = sentenceOf(error);
      // Said once, not at every look.
      if (this.#failing.get(what) !== reason) this.#machine.log.say('AGENT_TOOL_FAILED', { what, reason });
      return undefined;
    } finally {
      this.#failing.set(what, reason);
    }
  }

  async #vm(domain: Domain): Promise<HostReport['VMs'][number]> {
    const log = await this.#machine.files
      .tail(`${PATHS.consoles}/guest-${domain.name}.log`, 4096)
      .catch(() => undefined);
    return {
      uuid: domain.uuid,
      name_label: domain.name,
      power_state: domain.state,
      domid: domain.domid,
      memory_target: domain.memory,
      console: consoleLines(log ?? ''),
    };
  }
}

/** Where there is no socket yet, xl asks by way of the kernel: a boot was seen in which it then took the whole minute that the agent gives it. */
const noStore: Run = async () => {
  throw new Failure('xenstored is not up yet', 'It begins at every boot: see the unit pxen-xenstored.service.');
};

/** What is known of the host itself; numbers that could not be had are 0. */
function hostOf(identity: Identity, { info, memory }: Vitals, address: string): Look['host'] {
  const { uuid, name, dmi, place, boot, profile, firmware, release, fetched, cpuModel, linux } = identity;
  return {
    uuid,
    name_label: name,
    address,
    place,
    boot,
    profile,
    firmware,
    software_version: { xen: info?.version ?? '', linux, release },
    virtualisation: info?.caps.join(' ') ?? '',
    cpu_count: info?.cpus ?? 0,
    cpu_model: cpuModel,
    memory_total: info?.total ?? memory?.total ?? 0,
    memory_free: info?.free ?? 0,
    bytes_fetched: fetched,
    manufacturer: dmi.manufacturer,
    product: dmi.product,
    serial: dmi.serial,
  };
}

/** The last lines, without what would move a terminal's cursor (ECMA-48). */
const consoleLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, '').replaceAll(/\p{Cc}/gu, ''))
    .filter((line) => line !== '')
    .slice(-CONSOLE_LINES);
