import { addonPath, addonsOn } from '../../cluster/addons.ts';
import type { Mistake } from '../../cluster/mistake.ts';
import { parseCluster } from '../../cluster/read.ts';
import { parseAddon } from '../../cluster/readAddon.ts';
import { cString, fromUtf8 } from '../../net/text.ts';
import type { Sha256 } from '../disk.ts';
import { choose, type SlotSeen } from '../../state/choose.ts';
import { BIOS, CLUSTER_FILE, LOADER_SUMS, SLOT_BYTES, SLOTS } from '../layout.ts';
import type { Content } from './content.ts';
import type { Find } from './finding.ts';

/** The loaders, and GRUB for BIOS, against the hashes that were taken when the drive was made. */
export async function checkLoaders(
  content: Content,
  bios: Uint8Array | undefined,
  sha256: Sha256,
  find: Find,
): Promise<void> {
  const bytes = await content.bytes(LOADER_SUMS, find);
  if (bytes === undefined) return;
  const lines = cString(bytes).split('\n').filter(Boolean);
  if (!lines.some((line) => line.endsWith(` ${BIOS}`))) find(LOADER_SUMS, 'it is damaged: it lists no boot sector');
  for (const line of lines) {
    const [, wanted, path] = /^([0-9a-f]{64}) [ *]([\w./-]+)$/.exec(line) ?? [];
    if (wanted === undefined || path === undefined)
      find(LOADER_SUMS, `it is damaged: ${JSON.stringify(line.slice(0, 80))}`);
    else if (path === BIOS) await checkBios(bios, wanted, sha256, find);
    else if (content.file(path) === undefined) find(path, 'it is missing');
    else {
      const seen = await content.sha256(path, find);
      if (seen !== undefined && seen !== wanted) find(path, 'its content is damaged');
    }
  }
}

/** Where there is none at all it was told before. */
async function checkBios(bios: Uint8Array | undefined, wanted: string, sha256: Sha256, find: Find): Promise<void> {
  if (bios === undefined || (await sha256(once(bios))) === wanted) return;
  find('boot sector', 'its code, or GRUB behind it, is damaged: machines with BIOS do not start from it');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Reads `cluster.yaml` and its add-ons; gives the cluster's name where it can. */
export async function checkCluster(content: Content, find: Find): Promise<string | undefined> {
  const text = await textOf(CLUSTER_FILE, content, find);
  if (text === undefined) return undefined;
  const reading = parseCluster(text, CLUSTER_FILE);
  if ('mistakes' in reading) return tell(reading.mistakes, find);
  for (const name of addonsOn(reading.cluster)) await checkAddon(name, content, find);
  return reading.cluster.cluster.name;
}

async function checkAddon(name: string, content: Content, find: Find): Promise<void> {
  const path = addonPath(name);
  if (content.file(path) === undefined)
    return find(path, 'it is missing, and cluster.yaml switches it on', 'Put it there, or write `enabled: false`.');
  const text = await textOf(path, content, find);
  const reading = text === undefined ? undefined : parseAddon(text, path);
  if (reading !== undefined && 'mistakes' in reading) tell(reading.mistakes, find);
}

async function textOf(path: string, content: Content, find: Find): Promise<string | undefined> {
  const bytes = await content.bytes(path, find);
  const text = bytes && fromUtf8(bytes);
  if (bytes !== undefined && text === undefined)
    find(path, 'it is not text in UTF-8', 'Save it as UTF-8 in your editor.');
  return text;
}

function tell(mistakes: readonly Mistake[], find: Find): undefined {
  for (const { file, line, column, what, remedy } of mistakes) find(`${file}:${line}:${column}`, what, remedy);
}

/** The slots of the state are there in their size, and one record is whole; true where any was written to. */
export async function checkSlots(content: Content, find: Find): Promise<boolean> {
  let used = false;
  const seen: SlotSeen[] = [];
  for (const path of SLOTS) {
    const bytes = await content.bytes(path, find);
    if (bytes !== undefined && bytes.length !== SLOT_BYTES)
      find(path, `it has ${bytes.length} bytes instead of ${SLOT_BYTES}`);
    if (bytes?.some((byte) => byte !== 0)) used = true;
    if (bytes?.length === SLOT_BYTES) seen.push({ name: path, bytes });
  }
  // One that is damaged beside a good one is what a power cut leaves; the next record goes there.
  if (seen.length === SLOTS.length && choose(seen).kind === 'lost') {
    find(
      'state',
      'no record of it is whole',
      'Write the drive anew, and put back what `pxen drive export` saved (pxen drive import).',
    );
  }
  return used;
}
