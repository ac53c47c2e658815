import type { Hardware } from '../cluster/selector.ts';

/**
 * What a machine's iPXE tells of its hardware, beside its marks: they do not fit into the file name that DHCP gives. Memory is
 * taken from the SMBIOS structures of type 19 (Memory Array Mapped Address), first and last KiB of each as they stand in the
 * table (SMBIOS 3.7, 7.20; iPXE's smbios_settings.c for the tags): Debian's builds know no `memsize`.
 */
export const HARDWARE_MARKS = [
  'cpu=${cpuvendor}',
  'maker=${manufacturer:uristring}',
  'product=${product:uristring}',
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
  };
}

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

const littleEndian = (hex: string): number => Number.parseInt((hex.match(/../g) ?? []).toReversed().join(''), 16);
