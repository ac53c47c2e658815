import type { Mac } from '../net/mac.ts';
import { hostUuidOfMac, numberOf } from './uuid.ts';

/**
 * UUIDs that many boards of one kind share, besides those that are all one digit: factory values that nobody replaced,
 * as inventories and boot servers have met them.
 */
const SHARED: ReadonlySet<string> = new Set([
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '78563412-3412-7856-90ab-cddeefaabbcc',
  '12345678-1234-1234-1234-123456789012',
  '01020304-0506-0708-0900-010203040506',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
  '4c4c4544-0000-2010-8020-80c04f202020',
  '00000000-0000-0000-0000-ac1f6b000000',
]);

/** Whether a board's SMBIOS UUID can tell this machine from others. */
export function isTrueUuid(uuid: string): boolean {
  const text = uuid.toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) || SHARED.has(text)) return false;
  return new Set(text.replaceAll('-', '')).size > 2;
}

/** The host's UUID: its board's, or one made from the MAC it booted with where the board lies. */
export const machineUuid = (smbios: string, mac: Mac): string =>
  isTrueUuid(smbios) ? smbios.toLowerCase() : hostUuidOfMac(mac);

const FIRST =
  'amber ashen azure brisk bronze calm cedar clear cobalt coral crisp dusky early fern frosty gentle golden hazel ivory jade keen lilac lunar maple mellow misty noble ochre olive pearl pine plain prime quick quiet rapid royal ruby rustic sable sage scarlet silent silver slate solar steady stone sunny swift tidal umber velvet violet vivid warm white wild windy woody young zesty'.split(
    ' ',
  );
const SECOND =
  'badger bear beaver bison cat crane crow deer dove duck eagle elk falcon finch fox frog gecko goose hare hawk heron horse ibex ibis jay koala kite lark lion lynx marten mole moose moth newt orca otter owl panda pike pony puffin quail raven robin seal shrew skua snail sparrow stork swan swift tapir tern tiger toad trout turtle viper vole walrus whale wolf wren'.split(
    ' ',
  );

/** A name one can say, for a machine that nobody named: the same for ever, and told apart by its last four digits. */
export function hostnameOf(uuid: string): string {
  const pick = (words: readonly string[], salt: string): string =>
    words[numberOf(words.length, 'hostname', salt, uuid)] ?? '';
  const digits = numberOf(0x1_0000, 'hostname', 'digits', uuid).toString(16).padStart(4, '0');
  return `${pick(FIRST, 'first')}-${pick(SECOND, 'second')}-${digits}`;
}
