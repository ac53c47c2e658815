import { checkDrive, type DriveReport } from '../core/image/check/drive.ts';
import { Unreadable } from '../core/image/disk.ts';
import { openDisk, sha256 } from '../shell/disk.ts';
import { Failure } from '../shell/fail.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { megabytes } from './megabytes.ts';

type Checked = Extract<DriveReport, { kind: 'drive' }>;

/** `pxen drive check`: 0 and what is on the drive, 1 and all that is damaged, 2 for what is no drive of pxen. */
export async function run({ words, switches }: Call): Promise<number> {
  const [path] = words;
  if (path === undefined) throw new Failure('which drive?', 'Name it: pxen drive check DEVICE, or an image of one.', 2);
  const report = await check(path).catch((error: unknown) => {
    if (!(error instanceof Unreadable)) throw error;
    throw new Failure(
      error.message,
      'Try another port; else write a new drive on another stick: pxen drive write.',
      1,
      error,
    );
  });
  if (switches.has('json')) {
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.drive/1', device: path, ...report }, undefined, 2)}\n`);
  } else if (report.kind === 'drive') {
    process.stdout.write(`${lines(path, report).join('\n')}\n`);
  } else {
    throw new Failure(`${path} is no pxen drive: ${report.why}`, 'Write one: pxen drive write DEVICE.', 2);
  }
  return report.kind === 'stranger' ? 2 : report.findings.length === 0 ? 0 : 1;
}

async function check(path: string): Promise<DriveReport> {
  const disk = await openDisk(path);
  try {
    return await withProgress(async (step) => {
      step(`reading ${path}`);
      return checkDrive(disk, sha256, (file) => step(`checking ${file}`));
    });
  } finally {
    await disk.close();
  }
}

function lines(path: string, { volume, cluster, used, releases, findings }: Checked): string[] {
  const state = used ? 'with state' : 'not started yet';
  return [
    `drive ${volume}, cluster ${cluster ?? 'unknown'}, ${state}`,
    ...releases.map(({ id, role, files, bytes, manifest }) => {
      return `release ${id} (${role}): ${files} files, ${megabytes(bytes)}, manifest ${manifest}`;
    }),
    ...findings.flatMap(({ where, what, remedy }) => [`damaged: ${where}: ${what}`, `  remedy: ${remedy}`]),
    findings.length === 0
      ? `${path} is whole`
      : `${path} is damaged in ${findings.length} place${findings.length === 1 ? '' : 's'}`,
  ];
}
