import { DecodeError } from '../net/bytes.ts';
import { utf8 } from '../net/text.ts';

/**
 * Node carries ICU's data for every language in its program: 33 MB, of which a host needs English and what all languages
 * share. The data is a table of contents and the items it names ("ICU Data", userguide/icu_data; ucmndata.h: a common data
 * header, a count, then pairs of 32-bit offsets of name and item, sorted by name).
 */
interface Item {
  readonly name: string;
  readonly nameAt: number;
  readonly from: number;
  readonly to: number;
}

/** What stays, by the name behind the package's. All else falls back on `root`, as ICU does for a language it does not know. */
const KEPT: readonly RegExp[] = [
  /^[^/]+\.(icu|nrm|spp|cfu)$/,
  /^(root|en|en_US|en_US_POSIX|pool|res_index|supplementalData|likelySubtags|metadata|numberingSystems|plurals|pluralRanges|dayPeriods|grammaticalFeatures|genderList|icustd|icuver|keyTypeData|langInfo|metaZones|timezoneTypes|units|windowsZones|zoneinfo64|currencyNumericCodes|tzdbNames)\.res$/,
  /^(curr|lang|region|unit|zone)\/(root|en|en_US|pool|res_index|supplementalData|tzdbNames)\.res$/,
  /^coll\/(root|res_index)\.res$/,
  /^coll\/ucadata\.icu$/,
  /^brkitr\/(root|en|res_index)\.res$/,
  /^brkitr\/[a-z_]+\.brk$/,
  // latin1 of the Encoding Standard is Windows' 1252.
  /^ibm-5348_P100-1997\.cnv$/,
];

const MAGIC = Uint8Array.of(0xda, 0x27);
/** `dataFormat` of a package of data, 12 bytes behind the header's begin (udata.h, UDataInfo). */
const FORMAT = utf8('CmnD');

/** The program with nothing but zeros where languages stood that it need not speak. Throws DecodeError where it has no such data. */
export function withoutLanguages(program: Uint8Array): Uint8Array {
  const bytes = program.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const base = tableAt(bytes, view);
  const items = itemsOf(bytes, view, base);
  const kept = items.filter(({ name }) => KEPT.some((pattern) => pattern.test(name)));
  if (kept.length < 50) throw new DecodeError(`only ${kept.length} items of ICU's data would be left`);
  writeTable(bytes, view, base, items, kept);
  return bytes;
}

function tableAt(bytes: Uint8Array, view: DataView): number {
  for (let at = 12; at < bytes.length - 4; at += 4) {
    const isHeader = begins(bytes, at, FORMAT) && begins(bytes, at - 10, MAGIC);
    if (isHeader) return at - 12 + view.getUint16(at - 12, true);
  }
  throw new DecodeError('the program holds no data of ICU');
}

const begins = (bytes: Uint8Array, at: number, part: Uint8Array): boolean =>
  part.every((byte, index) => bytes[at + index] === byte);

function itemsOf(bytes: Uint8Array, view: DataView, base: number): Item[] {
  const count = view.getUint32(base, true);
  const at = (index: number, field: number): number => base + view.getUint32(base + 4 + 8 * index + field, true);
  const starts = Array.from({ length: count }, (_, index) => at(index, 4));
  return starts.map((from, index) => {
    const nameAt = at(index, 0);
    const end = bytes.indexOf(0, nameAt);
    const name = String.fromCharCode(...bytes.subarray(nameAt, end)).replace(/^[^/]*\//, '');
    // Where the last item ends is not said; its bytes stay, whatever becomes of its name.
    return { name, nameAt, from, to: starts[index + 1] ?? from };
  });
}

/** A shorter table in the place of the old one; offsets of what stays are what they were. */
function writeTable(
  bytes: Uint8Array,
  view: DataView,
  base: number,
  items: readonly Item[],
  kept: readonly Item[],
): void {
  const stays = new Set(kept);
  for (const item of items) if (!stays.has(item)) bytes.fill(0, item.from, item.to);
  bytes.fill(0, base + 4, base + 4 + 8 * items.length);
  view.setUint32(base, kept.length, true);
  kept.forEach(({ nameAt, from }, index) => {
    view.setUint32(base + 4 + 8 * index, nameAt - base, true);
    view.setUint32(base + 8 + 8 * index, from - base, true);
  });
}
