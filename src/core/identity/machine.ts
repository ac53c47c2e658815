import type { Mac } from '../net/mac.ts';
import { SHARED_UUIDS } from './liars.ts';
import { hostUuidOfMac, numberOf } from './uuid.ts';

const FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a board's SMBIOS UUID can tell this machine from others. */
export function isTrueUuid(uuid: string): boolean {
  const text = uuid.toLowerCase();
  if (!FORM.test(text) || SHARED_UUIDS.has(text) || SHARED_UUIDS.has(swappedUuid(text))) return false;
  return new Set(text.replaceAll('-', '')).size > 2;
}

/**
 * One of the two forms in which a board's UUID is met. Before SMBIOS 2.6 nothing said that its first three fields are
 * little-endian: Linux and dmidecode show the bytes of such boards as they stand (drivers/firmware/dmi_scan.c), while firmware's
 * option 97 is read as little-endian. The same machine gives the same form here whoever says it: the one that has a version of
 * RFC 4122, else the smaller one. Lower case; what is no UUID stays as it is.
 */
export function canonicalUuid(uuid: string): string {
  const text = uuid.toLowerCase();
  if (!FORM.test(text)) return text;
  const other = swappedUuid(text);
  const [hasVersion, otherHas] = [VERSION.test(text), VERSION.test(other)];
  if (hasVersion !== otherHas) return hasVersion ? text : other;
  return text < other ? text : other;
}

const VERSION = /^.{14}[1-5]/;

/** With the bytes of its first three fields in the other order. */
export const swappedUuid = (uuid: string): string =>
  uuid.replace(/^(..)(..)(..)(..)-(..)(..)-(..)(..)/, '$4$3$2$1-$6$5-$8$7');

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
export function hostnameOf(said: string): string {
  const uuid = canonicalUuid(said);
  const pick = (words: readonly string[], salt: string): string =>
    words[numberOf(words.length, 'hostname', salt, uuid)] ?? '';
  const digits = numberOf(0x1_0000, 'hostname', 'digits', uuid).toString(16).padStart(4, '0');
  return `${pick(FIRST, 'first')}-${pick(SECOND, 'second')}-${digits}`;
}
