import type { Mac } from '../../net/mac.ts';
import { ipxeSentence, ipxeWord } from './ipxe-text.ts';
import { scriptUrl, tellingUrl } from './url.ts';

const PAUSE = 10;

/** Asks for the script of this machine until it comes, by DHCP anew before each further try. */
const asking = (base: string, url: string): string[] => [
  ':again',
  `dhcp && chain --replace ${url} ||`,
  `echo pxen: no script from ${ipxeSentence(base)} yet, error \${errno:hexraw}; asking again in ${PAUSE} s`,
  `sleep ${PAUSE}`,
  'goto again',
  '',
];

/**
 * What iPXE looks for beside itself before it does anything else (efi_autoexec.c). The address that UEFI was given serves on
 * where iPXE was told of it; else it asks, and goes on asking: a proxy's offer that came late does not matter.
 */
export function autoexecScript(base: string, mac: Mac | undefined): string {
  const url = scriptUrl(base, mac);
  return ['#!ipxe', `isset \${net0/ip} && ifopen net0 && chain --replace ${url} ||`, ...asking(base, url)].join('\n');
}

/** For a machine that has yet to tell its UUID and serial number, or its hardware. */
export const tellScript = (base: string, mac: Mac): string =>
  ['#!ipxe', `chain --replace ${tellingUrl(base, mac)} ||`, ...asking(base, tellingUrl(base, mac))].join('\n');

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
