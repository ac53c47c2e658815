import type { DriveHealthStatus } from '../core/api/status.ts';
import type { Clock } from '../shell/clock.ts';
import { openDisk, sha256 } from '../shell/disk.ts';
import { linkTo, putFiles, realDrives } from '../shell/driveContent.ts';
import { keepState, readKeptState } from '../shell/keptState.ts';
import { forget } from '../shell/volume.ts';
import { DriveHealth, type HealthDeps } from './health.ts';
import type { PlaceDeps } from './place.ts';
import { driveInForce, volumeOf, type SuccessionDeps } from './succession.ts';
import { DriveWatch } from './watchDrives.ts';

/** The care for the drive of a host, wired to this machine. */
export interface DriveCare {
  /** Sentences for `pxen status`. */
  readonly warnings: () => readonly string[];
  /** Undefined until it begins to be read back. */
  readonly health: () => DriveHealthStatus | undefined;
  /** Until `signal` aborts, or another drive has taken the place of this one: then true. */
  keep(clock: Clock, signal: AbortSignal): Promise<boolean>;
}

export function careOf(device: string, dir: string, machine: PlaceDeps, say: (line: string) => void): DriveCare {
  const deps = successionDeps(dir, machine);
  const watch = new DriveWatch(device, deps);
  let health: DriveHealth | undefined;
  return {
    warnings: () => [...watch.warnings(), ...(health?.warnings() ?? [])],
    health: () => health?.status,
    async keep(clock, signal) {
      const ending = new AbortController();
      const both = AbortSignal.any([signal, ending.signal]);
      health = new DriveHealth(healthDeps(device, deps, machine, clock, say));
      const reading = health.watch(both);
      const isOver = await watch.watch(clock, both);
      ending.abort();
      await reading;
      return isOver;
    },
  };
}

/** The device to serve from; another one where that of the call was replaced. */
export const deviceInForce = (
  device: string,
  release: string | undefined,
  dir: string,
  machine: PlaceDeps,
): Promise<string> => driveInForce(device, release, successionDeps(dir, machine));

const successionDeps = (dir: string, { files, run, log }: PlaceDeps): SuccessionDeps => ({
  drives: realDrives(files, run),
  kept: readKeptState,
  keep: keepState,
  put: (instead, fresh) => putFiles(dir, instead, fresh),
  link: linkTo,
  files,
  log,
});

function healthDeps(
  device: string,
  { drives }: SuccessionDeps,
  { files, run, log }: PlaceDeps,
  clock: Clock,
  worse: (line: string) => void,
): HealthDeps {
  return {
    find: async () => (await drives.plugged()).find(({ volume }) => volume === volumeOf(device)),
    open: async (path) => {
      const disk = await openDisk(path);
      const read = async (at: number, length: number): Promise<Uint8Array> => {
        await forget(path, run);
        return disk.read(at, length);
      };
      return { size: disk.size, read, close: () => disk.close() };
    },
    // SCSI's counter (sd, which USB sticks are too), in hexadecimal; others have none.
    kernelErrors: async (path) => {
      const text = await files.read(`/sys/block/${path.slice('/dev/'.length)}/device/ioerr_cnt`);
      return text === undefined ? undefined : Number(text);
    },
    sha256,
    clock,
    log,
    worse,
  };
}
