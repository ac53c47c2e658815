import { parseCluster } from '../../cluster/read.ts';
import { hex } from '../../net/text.ts';
import { CLUSTER_FILE, LOADERS, SLOT_BYTES, SLOTS } from '../layout.ts';
import type { Content } from './content.ts';
import type { Find } from './finding.ts';

/** The loaders are there and not empty. No manifest lists them: firmware reads them before anything can verify. */
export function checkLoaders(content: Content, find: Find): void {
  for (const path of LOADERS) {
    const found = content.file(path);
    if (found === undefined) find(path, 'it is missing');
    else if (found.size === 0) find(path, 'it is empty');
  }
}

/** Reads `cluster.yaml`; gives the cluster's name where it can. */
export async function checkCluster(content: Content, find: Find): Promise<string | undefined> {
  const bytes = await content.bytes(CLUSTER_FILE, find);
  if (bytes === undefined) return undefined;
  const text = fromUtf8(bytes);
  if (text === undefined) find(CLUSTER_FILE, 'it is not text in UTF-8', 'Save it as UTF-8 in your editor.');
  if (text === undefined) return undefined;
  const reading = parseCluster(text, CLUSTER_FILE);
  if ('cluster' in reading) return reading.cluster.cluster.name;
  for (const { line, column, what, remedy } of reading.mistakes) {
    find(`${CLUSTER_FILE}:${line}:${column}`, what, remedy);
  }
  return undefined;
}

/** The slots of the state are there in their size; true where any was written to. */
export async function checkSlots(content: Content, find: Find): Promise<boolean> {
  let used = false;
  for (const path of SLOTS) {
    const bytes = await content.bytes(path, find);
    if (bytes !== undefined && bytes.length !== SLOT_BYTES)
      find(path, `it has ${bytes.length} bytes instead of ${SLOT_BYTES}`);
    if (bytes?.some((byte) => byte !== 0)) used = true;
  }
  return used;
}

/** Undefined where the bytes are no UTF-8. The language itself has this one decoder that needs nothing of the machine. */
function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(`%${hex(bytes, '%')}`.slice(bytes.length === 0 ? 1 : 0));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
