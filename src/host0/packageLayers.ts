import {
  EMPTY_INDEX,
  layersFor,
  parsePackageIndex,
  type PackageIndex,
  type PackageLayer,
} from '../core/image/packageIndex.ts';
import { DecodeError } from '../core/net/bytes.ts';
import { fromUtf8 } from '../core/net/text.ts';
import type { Files } from '../shell/files.ts';
import type { Log } from '../shell/log.ts';

/** What is needed to know the layers of a drive. `files`: its `boot/`. */
export interface LayerDeps {
  readonly files: Files;
  readonly log: Log;
}

/** The layers with the packages that a host wants. One that the drive has not is said, and the host boots without it. */
export async function packageLayersFor(
  wanted: readonly string[],
  who: string,
  deps: LayerDeps,
): Promise<readonly PackageLayer[]> {
  if (wanted.length === 0) return [];
  const index = await indexOf(deps.files);
  const say = (name: string, why: string): void => deps.log.say('BOOT_PACKAGE', { who, package: name, why });
  if (typeof index === 'string') {
    for (const name of wanted) say(name, index);
    return [];
  }
  const { found, missing } = layersFor(index, wanted);
  for (const name of missing) say(name, 'the drive has no layer of it');
  return found;
}

/** Which layers there are, or why that cannot be told. */
async function indexOf(files: Files): Promise<PackageIndex | string> {
  const path = 'packages/index';
  if ((await files.info(path)) === undefined) return EMPTY_INDEX;
  try {
    return parsePackageIndex(fromUtf8(await files.bytes(path)) ?? '');
  } catch (error) {
    if (error instanceof DecodeError) return `boot/${path} is damaged: ${error.message}`;
    throw error;
  }
}
