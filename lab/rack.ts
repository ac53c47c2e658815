import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../src/shell/run.ts';
import { clusterFile } from './clusterfile.ts';
import { Machine, type MachineEvents } from './machine.ts';
import type { MachineSpec } from './machine/arguments.ts';
import { openOperator, type Operator } from './operator.ts';
import type { LabOptions } from './options.ts';
import { DISK_BYTES, machines as plannedMachines, type RackPlan } from './plan.ts';
import { Switch } from './switch.ts';
import { Capture } from './switch/capture.ts';
import { seeded } from './switch/chance.ts';
import { wakeState } from './switch/wake.ts';
import type { Tools } from './tools.ts';

export interface RackParts {
  readonly run: Run;
  readonly tools: Tools;
  /** Holds the disks, logs and the capture of this rack. */
  readonly folder: string;
  readonly events: MachineEvents;
}

/** Machines on a switch, and the operator's way in. All of it ends with `close`. */
export interface Rack {
  readonly switch: Switch;
  readonly machines: readonly Machine[];
  /** The machine with the drive. */
  readonly host0: Machine;
  readonly operator: Operator;
  readonly drive: string;
  close(): Promise<void>;
}

type RackOptions = Pick<LabOptions, 'drive' | 'writeClusterFile' | 'hosts' | 'firmware' | 'port' | 'seed'> &
  Pick<RackPlan, 'memoryMiB'>;

/** Builds the rack with every machine off, its card armed. */
export async function buildRack(options: RackOptions, parts: RackParts): Promise<Rack> {
  const { folder, tools } = parts;
  const drive = join(folder, 'drive.img');
  const folderOf = (name: string): string => join(folder, name);
  const specs = plannedMachines({ ...options, drive, folder: folderOf });
  await prepareFiles(options, parts, drive, specs, folderOf);
  // Paths of unix sockets have at most 107 characters (unix(7)); a work folder's may have more.
  const sockets = await mkdtemp(join(tmpdir(), 'pxen-lab-'));
  const fabric = new Switch(seeded(options.seed ?? 1));
  const closing: (() => Promise<void> | void)[] = [
    () => rm(sockets, { recursive: true, force: true }),
    () => fabric.close(),
  ];
  const close = (): Promise<void> => closeAll(closing);
  process.once('exit', () => rmSync(sockets, { recursive: true, force: true }));
  try {
    fabric.capture(new Capture(join(folder, 'switch.pcap')));
    const machines: Machine[] = [];
    closing.push(async () => void (await Promise.all(machines.map((machine) => machine.powerCut()))));
    for (const spec of specs) {
      const port = await fabric.addPort({ name: spec.name, path: join(sockets, spec.name), mac: spec.mac });
      const place = { tools, folder: folderOf(spec.name), sockets, port, events: parts.events };
      machines.push(new Machine(spec, wakeState('armed'), place));
    }
    const way = await fabric.addPort({ name: 'operator', path: join(sockets, 'operator'), member: { dhcp: false } });
    const operator = await openOperator(tools.qemu, way.path, options.port);
    closing.push(() => endOperator(operator));
    return { switch: fabric, machines, host0: machines[0] as Machine, operator, drive, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The last thing opened is the first closed. */
async function closeAll(closing: (() => Promise<void> | void)[]): Promise<void> {
  for (let next = closing.pop(); next !== undefined; next = closing.pop()) await next();
}

async function endOperator(operator: Operator): Promise<void> {
  operator.process.kill();
  await operator.process.ended;
}

/** The rack's copy of the drive with the lab's cluster.yaml in it, and an empty disk for every serial number. */
async function prepareFiles(
  options: RackOptions,
  parts: RackParts,
  drive: string,
  specs: readonly MachineSpec[],
  folderOf: (name: string) => string,
): Promise<void> {
  mkdirSync(parts.folder, { recursive: true });
  await parts.run(['cp', '--reflink=auto', '--sparse=always', options.drive.path, drive]);
  await options.writeClusterFile(drive, clusterFile(specs));
  for (const spec of specs) {
    mkdirSync(folderOf(spec.name), { recursive: true });
    for (const disk of spec.disks) {
      await writeFile(disk.path, '');
      await truncate(disk.path, DISK_BYTES);
    }
  }
}

/** What a healthy machine prints as `pxen: ready <code>` (docs/boot.md). */
export const readyCode = (nonce: string, uuid: string): string =>
  createHash('sha256').update(`${nonce}:${uuid.toLowerCase()}:healthy`).digest('hex');
