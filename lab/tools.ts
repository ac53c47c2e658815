import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../src/shell/fail.ts';
import type { Run } from '../src/shell/run.ts';
import type { Firmware } from './options.ts';

export interface Ovmf {
  readonly code: string;
  readonly vars: string;
  /** Built to keep its variables by system management mode, without which it does not start. */
  readonly smm?: true;
}

/** What the lab runs machines with. */
export interface Tools {
  readonly qemu: string;
  /** Whether machines run on the processor itself; by emulation (TCG) where they cannot. */
  readonly accel: 'kvm' | 'tcg';
  /** OVMF's code and the template of its variables; null where no machine needs UEFI. */
  readonly ovmf: Ovmf | null;
  /** What `qemu` emulates; AMD64 where absent. */
  readonly processor?: 'arm64';
}

export const QEMU = 'qemu-system-x86_64';

/** Where Debian and Ubuntu, Fedora and Arch put OVMF. */
const OVMF = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', vars: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', vars: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
] as const;

/** OVMF for 32-bit firmware, where Debian, Ubuntu and Fedora put it; nobody builds it without Secure Boot. */
export const OVMF_IA32: readonly Ovmf[] = [
  { code: '/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd', vars: '/usr/share/OVMF/OVMF32_VARS_4M.fd', smm: true },
  { code: '/usr/share/edk2/ovmf-ia32/OVMF_CODE.secboot.fd', vars: '/usr/share/edk2/ovmf-ia32/OVMF_VARS.fd', smm: true },
];

/** OVMF that holds Microsoft's keys and boots nothing that is not signed by them, where Debian and Ubuntu, and Fedora put it. */
export const OVMF_SECURE: readonly Ovmf[] = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.ms.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd', smm: true },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd', vars: '/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd', smm: true },
];

/** Looks for what the rack needs; fails with what to install. */
export async function findTools(run: Run, firmware: Firmware): Promise<Tools> {
  await checkQemu(run, QEMU);
  // Ends QEMU with us; part of util-linux.
  await run(['setpriv', '--version']);
  const ovmf = firmware === 'bios' ? null : await findOvmf(OVMF);
  return { qemu: QEMU, ovmf, accel: (await kvmWorks(run, QEMU)) ? 'kvm' : 'tcg' };
}

/** `-netdev stream` came with QEMU 7.2. */
export async function checkQemu(run: Run, qemu: string): Promise<void> {
  const remedy = 'Install QEMU 7.2 or later for x86 (Debian: apt install qemu-system-x86), then start the lab again.';
  const said = await run([qemu, '--version']).catch((error: unknown) => {
    throw new Failure(`the lab runs its machines in ${qemu}, which does not start here`, remedy, 1, error);
  });
  const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(said.stdout) ?? [];
  if (Number(major) * 100 + Number(minor) >= 702) return;
  throw new Failure(`${qemu} is version ${major}.${minor}, too old for the lab's switch`, remedy);
}

export async function findOvmf(places: readonly Ovmf[]): Promise<Ovmf> {
  for (const place of places) if ((await isFile(place.code)) && (await isFile(place.vars))) return place;
  throw new Failure(
    `no UEFI firmware for machines (OVMF) is installed; looked for ${places.map((place) => place.code).join(', ')}`,
    'Install OVMF (Debian: apt install ovmf, ovmf-ia32 for 32-bit firmware), or run the rack with BIOS machines only: --firmware bios.',
  );
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/**
 * A boot sector that initialises the FPU, asks CPUID and leaves by isa-debug-exit. A /dev/kvm that is there and opens
 * may still be unable to run a guest: such ones stop at the FPU instruction already.
 */
const PROBE = [0x9b, 0xdb, 0xe3, 0x31, 0xc0, 0x0f, 0xa2, 0xba, 0xf4, 0x00, 0xb0, 0x10, 0xee, 0xf4, 0xeb, 0xfd];
/** isa-debug-exit ends QEMU with twice the value written, plus one. */
const PROBE_EXIT = 0x10 * 2 + 1;
const PROBE_TIMEOUT = 5000;

/** What was found, by what ran the probe: it takes seconds where a guest hangs. */
const found = new WeakMap<Run, Promise<boolean>>();

function kvmWorks(run: Run, qemu: string): Promise<boolean> {
  const known = found.get(run) ?? probe(run, qemu, ['-accel', 'kvm', '-cpu', 'host']);
  found.set(run, known);
  return known;
}

/** Whether a tiny machine started with `accel` really runs code. */
export async function probe(run: Run, qemu: string, accel: readonly string[]): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-probe-'));
  const hopeless = new AbortController();
  const onOutput = (text: string): void => (text.includes('KVM internal error') ? hopeless.abort() : undefined);
  const sector = Buffer.alloc(512);
  sector.set(PROBE);
  sector.set([0x55, 0xaa], 510);
  try {
    await writeFile(join(folder, 'sector'), sector);
    const machine = ['-machine', 'pc', ...accel, '-m', '16', '-nodefaults', '-display', 'none', '-no-reboot'];
    const devices = ['-device', 'isa-debug-exit,iobase=0xf4,iosize=1', '-drive', 'if=floppy,format=raw,file=sector'];
    const options = { cwd: folder, timeout: PROBE_TIMEOUT, accept: ALL_CODES, signal: hopeless.signal, onOutput };
    const ended = await run([qemu, ...machine, ...devices], options);
    return ended.code === PROBE_EXIT;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The probe reads the exit code itself. */
const ALL_CODES = Array.from({ length: 256 }, (_, code) => code);
