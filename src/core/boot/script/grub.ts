import { DecodeError } from '../../net/bytes.ts';
import type { Mac } from '../../net/mac.ts';
import type { Profile } from '../profile.ts';
import { nodeUrl } from './url.ts';

/** What the configuration for GRUB is made of. */
export interface GrubBoot {
  readonly name: string;
  readonly mac: Mac;
  /** `http://10.1.2.1` */
  readonly base: string;
  readonly profile: Profile;
  readonly args: readonly string[];
}

/** Tries at half a minute each: ten minutes, as in iPXE's scripts. */
const TRIES = Array.from({ length: 20 }, (_, index) => index + 1).join(' ');
const PAUSE = 30;

/**
 * A configuration for GRUB that was booted from the network, as it asks for by `grub.cfg-01-<mac>` (GRUB manual, "Network").
 * It is all that boots under Secure Boot, where shim starts GRUB and GRUB only kernels that are signed. Nothing is asked of a
 * person, and no prompt is left behind. Throws DecodeError for a value that cannot stand in one.
 */
export function grubConfig(boot: GrubBoot): string {
  return `${linesOf(boot).join('\n')}\n`;
}

function linesOf(boot: GrubBoot): string[] {
  const { name, profile } = boot;
  const { payload } = profile;
  switch (payload.kind) {
    case 'linux':
      return linuxLines(boot, payload.kernel, payload.initrd);
    case 'local':
      return [say(`${name} boots from its local disk`), 'exit'];
    case 'xen':
    case 'script':
      return [
        say(`${name} boots profile ${profile.name}, of the kind ${payload.kind}, which iPXE starts and GRUB does not.`),
        say('Give it a profile of the kind linux, or the loader iPXE, which Secure Boot refuses.'),
        ...AGAIN_LATER,
      ];
  }
}

/** What the administrator changes in between counts: the machine begins anew. */
const AGAIN_LATER = ['sleep 60', 'reboot'];

/**
 * By HTTP where this GRUB can: by TFTP it takes a kilobyte at a time. Whether it can is seen by trying: `insmod` never fails
 * (GRUB, grub-core/kern/corecmd.c), and Debian's signed GRUB has no module of it.
 */
function linuxLines(boot: GrubBoot, kernel: string, initrd: readonly string[]): string[] {
  const { name, profile } = boot;
  const node = `(http,${boot.base.replace('http://', '')})${nodeUrl('', boot.mac)}`;
  const byHttp = initrd.map((_, index) => `${node}/initrd${index}`);
  const byTftp = initrd.map((file) => `/${file}`);
  return [
    say(`${name} boots profile ${profile.name}`),
    say('First by HTTP. Where this GRUB has none, two errors follow and TFTP is taken.'),
    `for try in ${TRIES}; do`,
    'insmod http',
    ...loadLines(`${node}/kernel`, byHttp, boot.args),
    ...loadLines(`/${kernel}`, byTftp, boot.args),
    say(`profile ${profile.name} does not start: see what stands above.`),
    say('Under Secure Boot a kernel must be signed by a key that this machine or its shim knows.'),
    `sleep ${PAUSE}`,
    'done',
    'reboot',
  ];
}

/** Without one of its initrds no kernel is started. */
function loadLines(kernel: string, initrds: readonly string[], args: readonly string[]): string[] {
  const linux = `if linux ${[kernel, ...args].map(word).join(' ')}; then`;
  if (initrds.length === 0) return [linux, 'boot', 'fi'];
  return [linux, `if initrd ${initrds.map(word).join(' ')}; then`, 'boot', 'fi', 'fi'];
}

const say = (sentence: string): string => `echo ${word(`pxen: ${sentence}`.replaceAll(/[^\x20-\x7e]/g, '?'))}`;

/** Within single quotes GRUB takes all as it is (GRUB manual, "Quoting"). */
function word(text: string): string {
  if (!/^[\x20-\x7e]+$/.test(text)) {
    throw new DecodeError(`${JSON.stringify(text)} cannot stand in a configuration for GRUB`);
  }
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
