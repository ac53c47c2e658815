import type { DriveReport } from '../core/image/check/drive.ts';
import { driveSize } from '../core/image/driveSize.ts';
import { volumeText } from '../core/image/fat/bootSector.ts';
import { u32le } from '../core/image/fat/little.ts';
import type { DriveReplaced } from '../core/image/jsonSchema.ts';
import { BIOS_FILE } from '../core/image/layout.ts';
import { heldSource, newDrive, type NewDrive, type Source } from '../core/image/newDrive.ts';
import { replacementFiles, succeeding } from '../core/image/replacement.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { withChange } from '../core/state/changes.ts';
import { readDriveState, writeDriveState } from '../core/state/driveState.ts';
import { realClock, wallTime } from '../shell/clock.ts';
import { realDrives } from '../shell/driveContent.ts';
import { Failure } from '../shell/fail.ts';
import { realHostFiles } from '../shell/host-files.ts';
import { randomBytes } from '../shell/keys.ts';
import { readKeptState } from '../shell/keptState.ts';
import { run as runCommand } from '../shell/run.ts';
import { sourcesBelow } from '../shell/sources.ts';
import type { Call } from './call.ts';
import { whoIs } from './clusterPlace.ts';
import { look, permit, put, targetOf } from './driveTarget.ts';
import { keptStateFor, type Kept } from './keptState.ts';
import { IN_RAM } from './onHost.ts';
import { megabytes } from './megabytes.ts';

/** `pxen drive replace`: a new drive from what host0 has in RAM, whether the old one is there or not. */
export async function run(call: Call): Promise<number> {
  const [path] = call.words;
  if (path === undefined) throw new Failure('which stick?', 'Name it: pxen drive replace DEVICE. See lsblk.', 2);
  const from = call.values['from'] ?? IN_RAM;
  const kept = await keptStateFor(call.values['from']);
  const replaces = kept.state.identity.drive;
  const change = { when: wallTime(), who: whoIs(), what: `drive replace ${path}, in place of ${replaces}` };
  const next = withChange(succeeding(kept.state, randomBytes(16)), change);
  const found = await sourcesBelow(from).catch((cause: unknown) => {
    throw new Failure(`${from} cannot be read`, 'On a host that was booted from the drive it is there.', 2, cause);
  });
  const { files, leftOut } = await replacementFiles(await withHistory(found, kept.device), next);
  const target = await targetOf(path);
  const content = files.reduce((sum, { size }) => sum + size, 0);
  const bytes = driveSize(target.room, content);
  const id = u32le(randomBytes(4), 0);
  const image = laidOut({ bytes, id, bios: await biosOf(found, from) }, files, path);
  const { cluster, warnings } = sound(await look(image), from, call.switches.has('as-it-is'));
  await permit(target, { bytes, cluster, replaces }, call.switches);
  await put(image, path, () => refuseChange(from, found, kept));
  // Linux learns of the new partition; where it does not, the drive is right all the same.
  await runCommand(['blockdev', '--rereadpt', path]).catch(() => undefined);
  const inForce = kept.isHost0 && (await isTaken(next.identity.drive));
  const { identity } = next;
  tell(call, {
    schema: 'pxen.drive-replaced/1',
    device: path,
    cluster: identity.cluster,
    drive: identity.drive,
    replaces,
    generation: identity.generation,
    volume: volumeText(id),
    bytes,
    inForce,
    leftOut: [...leftOut],
    warnings: [...warnings],
  });
  return 0;
}

/** The history of cluster.yaml as the former drive has it, where that can be read: it is newer than what stage 1 took along. */
async function withHistory(found: readonly Source[], device: string | undefined): Promise<readonly Source[]> {
  if (device === undefined) return found;
  const history = await realDrives(realHostFiles, runCommand)
    .files(device, /^state\/history\//i)
    .catch(() => new Map<string, Uint8Array>());
  return [
    ...found.filter(({ path }) => !history.has(path)),
    ...[...history].map(([path, bytes]) => heldSource(path, bytes)),
  ];
}

/** Host0 looks for a drive that takes the place of its own every ten seconds, and goes over to it. */
async function isTaken(drive: string): Promise<boolean> {
  for (let left = 30; left > 0; left -= 1) {
    const body = await readKeptState();
    if (body !== undefined && readDriveState(body).identity.drive === drive) return true;
    await realClock.sleep(2000);
  }
  return false;
}

async function biosOf(found: readonly Source[], from: string): Promise<Uint8Array> {
  const file = found.find(({ path }) => path === BIOS_FILE);
  if (file !== undefined) return file.read(0, file.size);
  throw new Failure(`${from} has no ${BIOS_FILE}`, 'The drive is of an older release: write one by pxen drive write.');
}

function laidOut(drive: NewDrive, files: readonly Source[], path: string): ReturnType<typeof newDrive> {
  try {
    return newDrive(drive, files);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Failure(`no drive can be made on ${path}: ${error.message}`, 'Take a larger one.', 2, error);
  }
}

/** A person's files, whose mistakes are no damage. */
const PERSONS = /^(cluster\.yaml|addons\/[^/]+\/addon\.yaml)(:|$)/;

/** What will stand on the drive is checked before anything is erased. Mistakes of the administrator's file hold nobody up. */
function sound(
  report: DriveReport,
  from: string,
  asItIs: boolean,
): { cluster: string | undefined; warnings: readonly string[] } {
  if (report.kind === 'stranger') throw new Failure(`${from} is no drive: ${report.why}`, 'Name another: --from DIR.');
  const text = ({ where, what }: (typeof report.findings)[number]): string => `${where}: ${what}`;
  const damage = report.findings.find(({ where }) => !PERSONS.test(where));
  if (damage !== undefined && !asItIs) {
    const remedy = 'Restart this host from its drive; if you have changed it by hand, and mean it: --as-it-is.';
    throw new Failure(`what is in memory is not whole: ${text(damage)}`, remedy);
  }
  return { cluster: report.cluster, warnings: report.findings.map(text) };
}

/** A change that came while the drive was being written would be lost with the old drive. */
async function refuseChange(from: string, before: readonly Source[], { state, again }: Kept): Promise<void> {
  const now = new Map((await sourcesBelow(from)).map((file) => [file.path, file]));
  const isSame = async (file: Source): Promise<boolean> => {
    const other = now.get(file.path);
    if (other?.size !== file.size) return false;
    const most = Math.min(file.size, 2 ** 20);
    return Buffer.from(await file.read(0, most)).equals(await other.read(0, most));
  };
  for (const file of before) if (!(await isSame(file))) throw changed(file.path);
  if (now.size > before.length) throw changed('the files of the drive');
  const body = (await again())?.state;
  if (body === undefined || !Buffer.from(writeDriveState(body)).equals(writeDriveState(state)))
    throw changed('what the drive remembers');
}

const changed = (what: string): Failure =>
  new Failure(`${what} changed while the drive was being written, so it was not finished`, 'Run the command again.');

function tell({ switches }: Call, result: DriveReplaced): void {
  if (switches.has('json')) return void process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  const { device, volume, cluster, generation, bytes, replaces, inForce, leftOut, warnings } = result;
  process.stdout.write(
    [
      `${device} holds the drive ${volume} of cluster ${cluster}: generation ${generation}, ${megabytes(bytes)}, read back and right`,
      `the drive before it (${replaces}) is void: pull it out, and boot from the new one`,
      inForce
        ? 'host0 serves from the new one already'
        : 'no host0 on this machine has gone over to it: what is changed from now on is not kept there until a machine boots from it',
      ...leftOut.map(({ path, why }) => `left out: ${path}: ${why}`),
      ...warnings.map((text) => `warning: ${text}`),
      '',
    ].join('\n'),
  );
}
