import { open, readFile, stat, statfs } from 'node:fs/promises';
import { sizeText } from './text.ts';
import { Failure } from '../src/shell/fail.ts';
import type { LabOptions } from './options.ts';
import { MEMORY_MIB, MOST_HOSTS } from './plan.ts';

const MIB = 2 ** 20;
/** What QEMU needs beside the machine's memory: translated code, firmware, buffers. */
const QEMU_OVERHEAD = 300 * MIB;
/** What a machine writes: the guest's disk is thin, the logs are small. */
const WRITTEN_PER_HOST = 400 * MIB;

export function checkHosts(hosts: number): void {
  if (Number.isInteger(hosts) && hosts >= 1 && hosts <= MOST_HOSTS) return;
  throw new Failure(`a rack of ${hosts} machines cannot be built`, `Ask for 1 to ${MOST_HOSTS} machines.`, 2);
}

/** The drive's image is there, whole, and begins with a boot sector. */
export async function checkDrive(drive: LabOptions['drive']): Promise<void> {
  const remedy = 'Build the drive again: pxen drive build.';
  const found = await stat(drive.path).catch((error: unknown) => {
    throw new Failure(`the drive image ${drive.path} cannot be read`, remedy, 2, error);
  });
  if (!found.isFile()) throw new Failure(`${drive.path} is no file, so it is no drive image`, remedy, 2);
  if (found.size !== drive.bytes) {
    const sizes = `${found.size} bytes instead of ${drive.bytes}`;
    throw new Failure(`the drive image ${drive.path} has ${sizes}: it is truncated or not the one built`, remedy, 2);
  }
  if (await hasBootSignature(drive.path)) return;
  throw new Failure(`the drive image ${drive.path} does not begin with a boot sector`, remedy, 2);
}

async function hasBootSignature(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return bytesRead === 512 && buffer.readUInt16LE(510) === 0xaa55;
  } finally {
    await file.close();
  }
}

/** What this machine has to give, in bytes. */
export interface Room {
  readonly disk: number;
  readonly memory: number;
}

export async function roomHere(folder: string): Promise<Room> {
  const disk = await statfs(folder);
  const [, available = '0'] = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8')) ?? [];
  return { disk: disk.bavail * disk.bsize, memory: Number(available) * 1024 };
}

/** A rack that would swap or fill the disk half-way is refused before it is built. */
export function checkRoom(room: Room, hosts: number, driveBytes: number, folder: string): void {
  const disk = driveBytes + hosts * WRITTEN_PER_HOST;
  const memory = hosts * (MEMORY_MIB * MIB + QEMU_OVERHEAD);
  const rack = `a rack of ${hosts} machine${hosts === 1 ? '' : 's'}`;
  if (room.disk < disk) {
    const sentence = `${rack} needs ${sizeText(disk)} in ${folder}, where ${sizeText(room.disk)} are free`;
    throw new Failure(sentence, 'Make room there, or choose another work folder.');
  }
  if (room.memory < memory) {
    const sentence = `${rack} needs ${sizeText(memory)} of memory, of which ${sizeText(room.memory)} are free here`;
    throw new Failure(sentence, 'Ask for fewer machines with --hosts, or end other programs.');
  }
}
