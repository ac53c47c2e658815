import type { Hardware } from '../cluster/selector.ts';

const SOCKETS: readonly number[] = [0, 1, 2, 3];

/**
 * What a machine's iPXE tells of its hardware, beside its marks: they do not fit into the file name that DHCP gives. Memory is
 * taken from the SMBIOS structures of type 19 (Memory Array Mapped Address), first and last KiB of each as they stand in the
 * table (SMBIOS 3.7, 7.20; iPXE's smbios_settings.c for the tags): Debian's builds know no `memsize`. Processors are the threads
 * of the sockets (type 4, 7.5): a byte, and a word for those that have more.
 */
export const HARDWARE_MARKS = [
  'cpu=${cpuvendor}',
  'maker=${manufacturer:uristring}',
  'product=${product:uristring}',
  `threads=${SOCKETS.map((socket) => `\${smbios/${socket}.4.37.1:hexraw}`).join('.')}`,
  `more=${SOCKETS.map((socket) => `\${smbios/${socket}.4.46.2:hexraw}`).join('.')}`,
  `ram=${[0, 1, 2, 3].map((instance) => `\${smbios/${instance}.19.4.8:hexraw}`).join('.')}`,
].join('&');

type Query = { readonly get: (name: string) => string | undefined };

/** The hardware that a request tells of; undefined where it says nothing about it. */
export function hardwareIn(query: Query): Hardware | undefined {
  if (query.get('ram') === undefined) return undefined;
  return {
    cpuVendor: vendorOf(query.get('cpu') ?? ''),
    manufacturer: textOf(query.get('maker')),
    product: textOf(query.get('product')),
    memory: memoryIn(query.get('ram') ?? ''),
    cpus: cpusIn(query.get('threads') ?? '', query.get('more') ?? ''),
    firmware: FIRMWARE.get(query.get('platform') ?? ''),
  };
}

/** iPXE's names of what it runs on. */
const FIRMWARE: ReadonlyMap<string, NonNullable<Hardware['firmware']>> = new Map([
  ['efi', 'uefi'],
  ['pcbios', 'bios'],
]);

/** The words of CPUID(0), in EBX, EDX, ECX. */
export function vendorOf(words: string): Hardware['cpuVendor'] {
  if (words === 'GenuineIntel') return 'intel';
  return words === 'AuthenticAMD' || words === 'HygonGenuine' ? 'amd' : undefined;
}

/** A build that puts nothing in sends the setting's name. */
function textOf(said: string | undefined): string | undefined {
  const text = said?.trim() ?? '';
  return text === '' || text.startsWith('$') ? undefined : text.slice(0, 100);
}

/** Bytes. A stretch that ends beyond 4 TiB says so by its end, and counts as that much. */
function memoryIn(text: string): number | undefined {
  const stretches = text.split('.').flatMap((part) => {
    const [, first, last] = /^([0-9a-f]{8})([0-9a-f]{8})$/i.exec(part) ?? [];
    return first === undefined || last === undefined ? [] : littleEndian(last) - littleEndian(first) + 1;
  });
  const kib = stretches.reduce((sum, one) => sum + Math.max(0, one), 0);
  return kib === 0 ? undefined : kib * 1024;
}

/** Threads of all sockets. A board that says nothing, or nothing that can be, has told no number. */
function cpusIn(bytes: string, words: string): number | undefined {
  if (bytes.includes('$')) return undefined;
  const [few, many] = [bytes.split('.'), words.split('.')];
  const counts = few.map((byte, socket) => {
    const word = many[socket] ?? '';
    if (!/^[0-9a-f]{2}$/i.test(byte)) return 0;
    return /^ff$/i.test(byte) && /^[0-9a-f]{4}$/i.test(word) ? littleEndian(word) : Number.parseInt(byte, 16);
  });
  const sum = counts.reduce((all, one) => all + one, 0);
  return sum === 0 ? undefined : sum;
}

const littleEndian = (hex: string): number => Number.parseInt((hex.match(/../g) ?? []).toReversed().join(''), 16);
