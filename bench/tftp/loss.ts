import { Segment } from '../../lab/segment.ts';
import type { Bed } from '../bed.ts';

/**
 * Loses every `every`-th datagram of UDP in each direction, counted from the middle so that no request is lost. The same
 * ones for every server, as far as these send the same. What a server leaves to its card to cut up is cut up before it is
 * counted: the filter would count a window as one.
 */
export async function loseEvery(bed: Bed, every: number): Promise<void> {
  await loseNothing(bed);
  const { segment } = bed;
  await segment.in(segment.server, ['ethtool', '-K', Segment.interface, 'tx-udp-segmentation', 'off']);
  const rule = `udp dport != 69 numgen inc mod ${every} ${Math.floor(every / 2)} drop`;
  const table = `table inet loss {\n chain in {\n type filter hook input priority 0\n ${rule}\n }\n}\n`;
  for (const space of ends(bed)) await segment.in(space, ['nft', '-f', '-'], { input: table });
}

export async function loseNothing(bed: Bed): Promise<void> {
  for (const space of ends(bed))
    await bed.segment.in(space, ['nft', 'delete', 'table', 'inet', 'loss'], { accept: [0, 1] });
}

const ends = ({ segment }: Bed): readonly string[] => [segment.server, segment.client];
