import { DecodeError } from '../../net/bytes.ts';
import { cString } from '../../net/text.ts';
import { PACKAGES } from '../layout.ts';
import { parsePackageIndex } from '../packageIndex.ts';
import type { Content } from './content.ts';
import type { Find } from './finding.ts';

const AGAIN = 'Make them again: pxen drive packages DIR.';

/** The layers with further packages against their index; a drive need not have any. */
export async function checkPackages(content: Pick<Content, 'file' | 'bytes' | 'sha256'>, find: Find): Promise<void> {
  const index = `${PACKAGES}/index`;
  if (content.file(index) === undefined) return;
  const bytes = await content.bytes(index, find);
  if (bytes === undefined) return;
  try {
    for (const { file, size, sha256 } of parsePackageIndex(cString(bytes)).layers) {
      const path = `${PACKAGES}/${file}`;
      const found = content.file(path);
      if (found === undefined) find(path, 'it is missing', AGAIN);
      else if (found.size !== size) find(path, `it has ${found.size} bytes instead of ${size}`, AGAIN);
      else if ((await content.sha256(path, find)) !== sha256) find(path, 'its content is damaged', AGAIN);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    find(index, `it cannot be read: ${error.message}`, AGAIN);
  }
}
