import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildRack } from '../lab/rack.ts';
import { findTools } from '../lab/tools.ts';
import { readDriveFile, writeClusterFile, writeDriveFile, type BuiltDrive } from '../src/build/main.ts';
import { Failure } from '../src/shell/fail.ts';
import { run } from '../src/shell/run.ts';
import { median } from './numbers.ts';

/**
 * A host's boot beside a bare Xen + systemd boot of the same packages: the same drive, firmware, kernel and stage 1, in turn on
 * the same machine, so that its noise falls on both. Ours ends with the ready line, the bare one when Debian's units are up.
 */
export interface BootFigures {
  readonly schema: 'pxen.bench-boot/1';
  /** Seconds from power-on, one a round. */
  readonly peers: { readonly pxen: readonly number[]; readonly bare: readonly number[] };
  /** Ours through bare: the median of the rounds' ratios. */
  readonly ratio: { readonly ready: number };
}

type Kind = 'pxen' | 'bare';

const END: Readonly<Record<Kind, RegExp>> = { pxen: /pxen: ready [0-9a-f]{64}/, bare: /pxen: bare/ };
const BARE_ARGUMENT = 'systemd.unit=pxen-bare.target';
const PATIENCE = 600_000;

export async function benchBoot(drive: BuiltDrive, rounds: number, tell: (line: string) => void): Promise<BootFigures> {
  const peers: Record<Kind, number[]> = { pxen: [], bare: [] };
  for (let round = 1; round <= rounds; round += 1) {
    // Each begins as often as the other.
    const order: readonly Kind[] = round % 2 === 1 ? ['bare', 'pxen'] : ['pxen', 'bare'];
    for (const kind of order) {
      const seconds = await bootOnce(drive, kind);
      peers[kind].push(seconds);
      tell(`round ${round}: ${kind} ${seconds.toFixed(1)} s`);
    }
  }
  const ratios = peers.pxen.map((seconds, index) => seconds / (peers.bare[index] ?? Number.NaN));
  return { schema: 'pxen.bench-boot/1', peers, ratio: { ready: Math.round(median(ratios) * 100) / 100 } };
}

export const benchText = ({ peers, ratio }: BootFigures): string =>
  [
    `host0 until ready         ${median(peers.pxen).toFixed(1)} s (median of ${peers.pxen.length})`,
    `bare Xen + systemd        ${median(peers.bare).toFixed(1)} s`,
    `ratio, pair by pair       ${ratio.ready}`,
    '',
  ].join('\n');

/** Seconds from power-on until the line that ends this kind of boot. */
async function bootOnce(drive: BuiltDrive, kind: Kind): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-bench-'));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const nothing = (): void => undefined;
  const line = (_machine: unknown, seconds: number, text: string): void => {
    if (END[kind].test(text)) resolve(seconds);
  };
  const off = (): void => reject(new Failure(`the ${kind} boot went off by itself`, 'Try again; see pxen lab --keep.'));
  const late = setTimeout(() => reject(lateFailure(kind)), PATIENCE);
  const options = { drive, writeClusterFile, hosts: 1, firmware: 'uefi' as const };
  const tools = await findTools(run, 'uefi');
  const rack = await buildRack(options, {
    run,
    tools,
    folder,
    events: { on: nothing, line, dhcp: nothing, reset: nothing, off },
  });
  try {
    if (kind === 'bare') await makeBare(rack.drive);
    await rack.host0.powerOn();
    return await promise;
  } finally {
    clearTimeout(late);
    promise.catch(nothing);
    await rack.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const lateFailure = (kind: Kind): Failure =>
  new Failure(`the ${kind} boot took longer than ${PATIENCE / 1000} s`, 'Is the machine busy with other things?');

async function makeBare(drive: string): Promise<void> {
  const menu = await readDriveFile(drive, 'boot/grub/grub.cfg');
  await writeDriveFile(drive, 'boot/grub/grub.cfg', menu.replace('pxen.drive=', `${BARE_ARGUMENT} pxen.drive=`));
}
