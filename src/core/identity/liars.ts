/**
 * Values that boards give for their own though many boards share them. Each line names who has met them: a board that lies is
 * known by its MAC instead.
 */

/** UUIDs, besides those of one or two digits, in the form in which Linux shows them. */
export const SHARED_UUIDS: ReadonlySet<string> = new Set([
  // AMI's default, on boards of Gigabyte, X99 boards without a name and many small PCs (inventories and boot servers at large).
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  // Counted up.
  '00010203-0405-0607-0809-0a0b0c0d0e0f',
  '01020304-0506-0708-0900-010203040506',
  '07090201-0103-0301-0807-060504030201',
  '11111111-2222-3333-4444-555555555555',
  '12345678-1234-1234-1234-123456789012',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '12345678-1234-5678-90ab-cdefaabbccdd',
  'deadbeef-dead-beef-dead-beefdeadbeef',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
  // Dell: the UUID is made of the service tag, and of blanks after a board was replaced.
  '4c4c4544-0000-2010-8020-80c04f202020',
  // Supermicro: made of a MAC, here of none but the vendor's half.
  '00000000-0000-0000-0000-ac1f6b000000',
  // SolidRun LX2160A: one for every board (lx2160a_uefi, issue 4).
  '8a95d198-7f46-11e5-bf8b-08002704d48e',
  // One for many boards, kept by a boot server of many years.
  '890e2d14-cacd-45d1-ae66-bc80e8bfeb0f',
  '8e275844-178f-44a8-aceb-a7d7e5178c63',
  'dc698397-fa54-4cf2-82c8-b1b5307a6a7f',
]);

/** What stands in a serial number, a name or a tag that nobody filled in (SMBIOS 3.7 has no mark for that). */
const UNFILLED =
  /^(to be filled( by o\.?e\.?m\.?)?|default( string)?|(system|base ?board|chassis)[ _](product name|manufacturer|serial( number)?|version)|not (specified|applicable|available|present|settable|set)|invalid|none|null|\(null string\)|n\/?a|unknown|undefined|empty|oem|o\.e\.m\.|eval|iatpass|serial ?(number|no)?|s\/n|sn-?12345(67890)?|sys-1234567890|sys-9876543210|type1productconfigid|123456789000|12345678901234567)$/i;
/** One digit over and over, filling, and counting up. */
const PATTERN = /^((.)\2*|[0.\-x_ ]+|[01]+|0?12345(6(7(8(90?)?)?)?)?)$/i;

/** Whether a text that a board gives tells anything. */
export const isFilled = (text: string): boolean => {
  const trimmed = text.trim().replaceAll(/[ _]+/g, ' ');
  return trimmed !== '' && !UNFILLED.test(trimmed) && !PATTERN.test(trimmed);
};
