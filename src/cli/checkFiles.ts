import { dirname, join } from 'node:path';
import { addonPath } from '../core/cluster/addons.ts';
import { bootFilesIn, missingFile } from '../core/cluster/bootFiles.ts';
import type { Mistake } from '../core/cluster/mistake.ts';
import { missingAddon } from '../core/cluster/readAddon.ts';
import { driveFilesIn } from '../core/cluster/settings.ts';
import { ADDONS } from '../core/image/layout.ts';
import { diskFiles, type Files } from '../shell/files.ts';
import type { WithAddons } from './addons.ts';
import { isFolder } from './clusterFile.ts';
import type { ReadFile } from './explained.ts';

/** What a file needs beside it and is not there. */
export interface Lacking {
  readonly mistakes: readonly Mistake[];
  readonly notes: readonly string[];
}

/**
 * Files that are named and not there. A file alone tells where to look only where it stands on a drive, beside its `boot/`; a
 * folder always does. Elsewhere an add-on is missed only where others stand.
 */
export async function lackingFiles(
  { file, text }: ReadFile,
  { cluster, addons, missing }: WithAddons,
  folder: string | undefined,
): Promise<Lacking> {
  const drive = dirname(file);
  const isDrive = folder !== undefined || (await isFolder(join(drive, 'boot')));
  const folders = (await diskFiles(drive).list(ADDONS))?.map((name) => name.replace(/\/$/, ''));
  if (!isDrive && folders === undefined && missing.length > 0) {
    const notes = [
      `add-ons stand on the drive, beside this file: ${missing.map((name) => addonPath(name)).join(', ')}`,
    ];
    return { mistakes: [], notes };
  }
  const absent = missing.map((name) => missingAddon(text, file, name, folders ?? []));
  const files = diskFiles(drive);
  const boot = isDrive ? await absentOf(diskFiles(join(drive, 'boot')), bootFilesIn(cluster)) : [];
  const placed = isDrive ? await absentOf(files, driveFilesIn(cluster)) : [];
  const mistakes = [
    ...absent,
    ...boot.map((path) => missingFile(text, file, 'boot/', path)),
    ...placed.map((path) => missingOnDrive(path, { file, text }, addons)),
  ];
  return { mistakes: mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column), notes: [] };
}

async function absentOf(files: Files, paths: readonly string[]): Promise<readonly string[]> {
  const found = paths.map(async (path) => ((await files.info(path)) === undefined ? [path] : []));
  return (await Promise.all(found)).flat();
}

/** `overlay/motd`, which cluster.yaml names, or `addons/NAME/motd`, which the add-on does, by what lies beside it. */
function missingOnDrive(path: string, own: Pick<ReadFile, 'file' | 'text'>, addons: WithAddons['addons']): Mistake {
  const [, name = '', rest = ''] = /^addons\/([^/]+)\/(.*)$/.exec(path) ?? [];
  const addon = addons.get(name);
  if (addon !== undefined) return missingFile(addon.text, addon.file, '', rest);
  const [folder = ''] = /^[^/]+\//.exec(path) ?? [];
  return missingFile(own.text, own.file, folder, path.slice(folder.length));
}
