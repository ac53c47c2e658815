import { DecodeError } from '../net/bytes.ts';
import { ipxeSentence, ipxeWord } from './ipxe-text.ts';
import type { BootArguments } from './machine.ts';

/** What the script of payload `xen` is made of. */
export interface XenBoot {
  readonly name: string;
  readonly mac: string;
  /** `http://10.1.2.1` */
  readonly base: string;
  readonly release: string;
  readonly args: BootArguments;
}

/** iPXE keeps all command lines of multiboot, each behind its image's URI, in this many bytes, and cuts off the rest. */
const MULTIBOOT_ROOM = 512;
/** Tries, and seconds between two: ten minutes cover a server that restarts and a switch that wakes late. */
const TRIES = 60;
const PAUSE = 10;

interface Urls {
  readonly xen: string;
  readonly xenEfi: string;
  readonly linux: string;
  readonly initrd: string;
  readonly config: string;
  readonly microcode: string;
}

/**
 * What the processor is: vendor and CPUID(1).EAX, so that the server can give it its own updates and no others (iPXE,
 * "cpuid" settings; empty where a build has none).
 */
const PROCESSOR = '${cpuvendor}/${cpuid/0.1:hexraw}';

function urlsOf(boot: XenBoot): Urls {
  const release = ipxeWord(`${boot.base}/boot/releases/${encodeURIComponent(boot.release)}`);
  const node = ipxeWord(`${boot.base}/node/${boot.mac.replaceAll(':', '-')}`);
  return {
    xen: `${release}/xen`,
    xenEfi: `${release}/xen.efi`,
    linux: `${release}/vmlinuz`,
    initrd: `${node}/initrd`,
    config: `${node}/xen.cfg`,
    microcode: `${node}/microcode/${PROCESSOR}`,
  };
}

/** The script that boots Xen: by multiboot from BIOS, by its own EFI loader from UEFI. */
export function xenScript(boot: XenBoot): string {
  const urls = urlsOf(boot);
  return [
    '#!ipxe',
    `echo pxen: ${ipxeSentence(boot.name)} boots release ${ipxeSentence(boot.release)} from ${ipxeSentence(boot.base)}`,
    'set tries:int32 0',
    ':again',
    'imgfree ||',
    'iseq ${platform} efi && goto efi ||',
    ...biosLines(urls, boot.args),
    ...efiLines(urls),
    ...retryLines(boot.base),
    '',
  ].join('\n');
}

function biosLines(urls: Urls, args: BootArguments): string[] {
  const xen = [urls.xen, ...args.xen.map(ipxeWord)].join(' ');
  const linux = [urls.linux, ...args.linux.map(ipxeWord)].join(' ');
  const used = [xen, linux, urls.initrd, urls.microcode].reduce((sum, text) => sum + text.length + 1, 0);
  if (used > MULTIBOOT_ROOM) {
    throw new DecodeError(`the command lines take ${used} of ${MULTIBOOT_ROOM} bytes that a BIOS boot has for them`);
  }
  return [
    `kernel ${xen} || goto failed`,
    `module ${linux} || goto failed`,
    `module ${urls.initrd} || goto failed`,
    `module ${urls.microcode} || goto failed`,
    'boot || goto failed',
  ];
}

/** `xen.efi` finds the others by name in the file system that iPXE shows it; its arguments stand in `xen.cfg`. */
function efiLines(urls: Urls): string[] {
  return [
    ':efi',
    `kernel --name xen.efi ${urls.xenEfi} -cfg=xen.cfg || goto failed`,
    `initrd --name xen.cfg ${urls.config} || goto failed`,
    `initrd --name vmlinuz ${urls.linux} || goto failed`,
    `initrd --name initrd ${urls.initrd} || goto failed`,
    `initrd --name microcode ${urls.microcode} || goto failed`,
    'boot || goto failed',
  ];
}

/** A dead prompt needs a person at the machine. iPXE builds without `reboot` go round again instead. */
function retryLines(base: string): string[] {
  return [
    ':failed',
    'inc tries',
    `iseq \${tries} ${TRIES} && goto over ||`,
    `echo pxen: could not fetch from ${ipxeSentence(base)} - try \${tries} of ${TRIES}, next in ${PAUSE} s`,
    `sleep ${PAUSE}`,
    'goto again',
    ':over',
    `echo pxen: gave up on ${ipxeSentence(base)}. Is the boot server on, and the cable in? This machine starts again in 30 s.`,
    'sleep 30',
    'reboot ||',
    'set tries:int32 0',
    'goto again',
  ];
}

/** For a machine that cannot be given a script: says why, then asks again. */
export function problemScript(sentence: string, url: string): string {
  return [
    '#!ipxe',
    `echo pxen: ${ipxeSentence(sentence)}`,
    ':again',
    'echo pxen: asking again in 30 s',
    'sleep 30',
    `chain --replace ${ipxeWord(url)} || goto again`,
    '',
  ].join('\n');
}
