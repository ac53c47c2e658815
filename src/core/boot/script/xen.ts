import { DecodeError } from '../../net/bytes.ts';
import type { BootArguments } from '../machine.ts';
import { framed, type ScriptBoot } from './frame.ts';
import { ipxeWord } from './ipxe-text.ts';
import { choiceQuery, nodeUrl } from './url.ts';

/** What the script of payload `xen` is made of. */
export interface XenBoot extends ScriptBoot {
  readonly release: string;
  readonly args: BootArguments;
  /** The profile that was chosen at the menu. */
  readonly choice: string | undefined;
}

/** iPXE keeps all command lines of multiboot, each behind its image's URI, in this many bytes, and cuts off the rest. */
const MULTIBOOT_ROOM = 512;

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
  const node = nodeUrl(boot.base, boot.mac);
  const choice = choiceQuery(boot.choice);
  return {
    xen: `${release}/xen`,
    xenEfi: `${release}/xen.efi`,
    linux: `${release}/vmlinuz`,
    initrd: `${node}/initrd${choice}`,
    config: `${node}/xen.cfg${choice}`,
    microcode: `${node}/microcode/${PROCESSOR}`,
  };
}

/** The script that boots Xen: by multiboot from BIOS, by its own EFI loader from UEFI. */
export function xenScript(boot: XenBoot): string {
  const urls = urlsOf(boot);
  return framed(boot, `release ${boot.release}`, [
    'iseq ${platform} efi && goto efi ||',
    ...biosLines(urls, boot.args),
    ...efiLines(urls),
  ]);
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

/** iPXE's names (`buildarch`) of processors that a loader may come from and Xen's files are not for. */
const FOREIGN = ['i386', 'arm32', 'arm64', 'riscv32', 'riscv64', 'loong64'];

/** `xen.efi` finds the others by name in the file system that iPXE shows it; its arguments stand in `xen.cfg`. */
function efiLines(urls: Urls): string[] {
  return [
    ':efi',
    ...FOREIGN.map((arch) => `iseq \${buildarch} ${arch} && goto foreign ||`),
    `kernel --name xen.efi ${urls.xenEfi} -cfg=xen.cfg || goto failed`,
    `initrd --name xen.cfg ${urls.config} || goto failed`,
    `initrd --name vmlinuz ${urls.linux} || goto failed`,
    `initrd --name initrd ${urls.initrd} || goto failed`,
    `initrd --name microcode ${urls.microcode} || goto failed`,
    'boot || goto failed',
    ':foreign',
    'echo pxen: this release is for x86-64, and this machine is ${buildarch}: give it another profile in cluster.yaml',
    'sleep 60',
    'reboot || goto foreign',
  ];
}
