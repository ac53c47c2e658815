import { macOfBytes, type Mac } from '../net/mac.ts';
import { hex, printable } from '../net/text.ts';
import { isTrueUuid } from '../identity/machine.ts';
import type { DhcpPacket } from '../dhcp/packet.ts';
import type { MachineId } from '../dhcp/pool.ts';
import { ARCHITECTURES, RASPBERRY_PI } from './architecture.ts';

/** The facts about whoever sent a DHCP message; everything that is decided about it is decided from these. */
export interface Client {
  readonly id: MachineId;
  readonly mac: Mac | null;
  /** As SMBIOS has it, where the client sends one that can be its own. */
  readonly uuid: string | null;
  /** `firmware`: asks for a loader, or is U-Boot; `ipxe`: is iPXE; `system`: wants an address only. */
  readonly stage: 'firmware' | 'ipxe' | 'system';
  /** The class that option 60 of a reply must name (RFC 4578; UEFI 2.10, 24.7). */
  readonly bootClass: 'PXEClient' | 'HTTPClient' | null;
  readonly arch: number | null;
  /** iPXE's features (codes of option 175). */
  readonly features: ReadonlySet<number>;
}

/** What iPXE was built with (ipxe/features.h). */
export const FEATURE = { http: 0x13, multiboot: 0x19, efi: 0x24 } as const;

const ETHERNET = 1;

export function clientOf(packet: DhcpPacket): Client {
  const { options } = packet;
  const mac = packet.htype === ETHERNET && packet.hlen === 6 ? macOfBytes(packet.chaddr) : null;
  const uuid = uuidOf(options.machineId);
  const bootClass = bootClassOf(options.vendorClass ?? '');
  const isIpxe = options.userClass?.includes('iPXE') ?? false;
  const features = new Set(options.ipxe?.keys());
  const stage = isIpxe ? 'ipxe' : bootClass === null && !isUBoot(packet) ? 'system' : 'firmware';
  return { id: idOf(packet, mac, uuid), mac, uuid, stage, bootClass, arch: archOf(packet, mac, stage), features };
}

/**
 * The MAC: every stage of a boot sends it, while only firmware sends the UUID. Some firmware puts the UUID in its place,
 * and some cards have neither.
 */
function idOf(packet: DhcpPacket, mac: Mac | null, uuid: string | null): MachineId {
  if (mac !== null) return `mac ${mac}` as MachineId;
  if (uuid !== null) return `uuid ${uuid}` as MachineId;
  const { clientId } = packet.options;
  const rest = clientId === undefined ? packet.chaddr.subarray(0, packet.hlen) : clientId;
  return `${clientId === undefined ? 'chaddr' : 'client'} ${hex(rest)}` as MachineId;
}

function bootClassOf(vendorClass: string): Client['bootClass'] {
  if (vendorClass.startsWith('PXEClient')) return 'PXEClient';
  return vendorClass.startsWith('HTTPClient') ? 'HTTPClient' : null;
}

/**
 * U-Boot says `U-Boot.armv8` and the like in place of PXE's class, or nothing on processors that it has no such name for; with
 * its architecture, which no system sends (U-Boot, net/bootp.c and net/Kconfig). It looks for pxelinux.cfg with what it is told
 * then, and says `PXEClient` only when it asks once more, for an EFI file.
 */
function isUBoot({ options: { vendorClass, arch } }: DhcpPacket): boolean {
  return vendorClass === undefined ? arch !== undefined : vendorClass.startsWith('U-Boot');
}

/** Cards of Raspberry Pis (IEEE's list of OUIs, "Raspberry Pi Trading" and "Raspberry Pi (Trading) Ltd"). */
const PI_CARDS = new Set(['28:cd:c1', '2c:cf:67', '88:a2:9e', 'b8:27:eb', 'd8:3a:dd', 'dc:a6:32', 'e4:5f:01']);

/** The ROM of a Raspberry Pi calls itself a BIOS; what runs on one later says what it is. */
function archOf(packet: DhcpPacket, mac: Mac | null, stage: Client['stage']): number | null {
  const said = saidArch(packet);
  const isRom = said === 0 && stage === 'firmware' && PI_CARDS.has(mac?.slice(0, 8) ?? '');
  return isRom ? RASPBERRY_PI : said;
}

/** The first architecture that is known, else the first; from option 60's text where option 93 is absent. */
function saidArch(packet: DhcpPacket): number | null {
  const { arch, vendorClass } = packet.options;
  if (arch !== undefined) return arch.find((one) => ARCHITECTURES.has(one)) ?? arch[0] ?? null;
  const digits = /^(?:PXE|HTTP)Client:Arch:(\d{5})/.exec(vendorClass ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Option 97: type 0 and 16 bytes of which the first three fields are little-endian, as EFI and SMBIOS have them. */
function uuidOf(machineId: Uint8Array | undefined): string | null {
  if (machineId?.length !== 17 || machineId[0] !== 0) return null;
  const at = (...places: readonly number[]): string =>
    places.map((place) => hex(machineId.subarray(place, place + 1))).join('');
  const uuid = [at(4, 3, 2, 1), at(6, 5), at(8, 7), at(9, 10), at(11, 12, 13, 14, 15, 16)].join('-');
  return isTrueUuid(uuid) ? uuid : null;
}

/** How a client is named in a log. */
export const clientName = (client: Client): string =>
  client.mac ?? printable(Uint8Array.from(client.id, (char) => char.charCodeAt(0)));
