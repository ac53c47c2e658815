import { listOf, nameAt } from './json.ts';

/** `wipefs` without a verb only looks (wipefs(8)): every signature of file systems, RAIDs and partition tables. */
export const wipefsCommand = (device: string): readonly string[] => ['wipefs', '--json', device];

/** The types of the signatures that wipefs found on a device, none for an empty one. Throws DecodeError. */
export function parseWipefs(text: string): readonly string[] {
  // Some versions print nothing at all, not an empty list, where there is no signature.
  if (text.trim() === '') return [];
  return listOf('wipefs', text, 'signatures').map((row) => nameAt('wipefs', row, 'type'));
}
