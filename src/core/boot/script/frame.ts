import type { Mac } from '../../net/mac.ts';
import type { Profile } from '../profile.ts';
import { ipxeSentence, ipxeWord } from './ipxe-text.ts';
import { scriptUrl } from './url.ts';

/** What every script that fetches is made of. */
export interface ScriptBoot {
  readonly name: string;
  readonly mac: Mac;
  /** `http://10.1.2.1` */
  readonly base: string;
  readonly profile: Pick<Profile, 'name' | 'vlan'>;
  /** Further boot servers, as `base`. */
  readonly servers: readonly string[];
}

/** Tries, and seconds between two: ten minutes cover a server that restarts and a switch that wakes late. */
const TRIES = 60;
const PAUSE = 10;

/**
 * A script that fetches and boots. `lines` go to `failed` where something does not come; then the script finds out what is
 * wrong, says so, and tries again.
 */
export function framed(boot: ScriptBoot, what: string, lines: readonly string[]): string {
  return [
    '#!ipxe',
    `echo pxen: ${ipxeSentence(boot.name)} boots ${ipxeSentence(what)} from ${ipxeSentence(boot.base)}`,
    'set tries:int32 0',
    ':again',
    'imgfree ||',
    ...vlanLines(boot),
    ...lines,
    ...failureLines(boot),
    ...retryLines(boot),
    '',
  ].join('\n');
}

/** iPXE names the VLAN's card after the one below it; making it again does no harm (iPXE, vlan.c). */
function vlanLines({ profile: { vlan } }: ScriptBoot): string[] {
  if (vlan === undefined) return [];
  return [
    'isset ${trunk} || set trunk ${netX/ifname}',
    `vcreate --tag ${vlan} \${trunk} || goto failed`,
    `dhcp \${trunk}-${vlan} || goto failed`,
  ];
}

/** The first of these that holds is the cause. `errno` is what iPXE calls its error codes (ipxe.org/err). */
function failureLines({ base, profile: { vlan } }: ScriptBoot): string[] {
  const server = ipxeSentence(base);
  const where =
    vlan === undefined ? '' : ` on VLAN ${vlan}: is the switch port tagged for it, and does this iPXE know VLANs?`;
  return [
    ':failed',
    'set cause ${errno:hexraw}',
    'inc tries',
    `iseq \${tries} ${TRIES} && goto over ||`,
    'iflinkwait --timeout 2000 netX || goto nolink',
    'isset ${netX/ip} || goto noaddress',
    `imgfetch --name alive --timeout 5000 ${ipxeWord(base)}/healthz || goto silent`,
    'imgfree alive ||',
    `echo pxen: ${server} answers, but a file is missing there or did not come whole, error \${cause}`,
    'goto pause',
    ':nolink',
    'echo pxen: there is no link: is the cable in, and the switch port on?',
    'goto pause',
    ':noaddress',
    `echo pxen: this machine has no address${where === '' ? ', and asks for one again' : where}`,
    'dhcp ||',
    'goto pause',
    ':silent',
    `echo pxen: ${server} does not answer, error \${cause}: is the boot server on?`,
  ];
}

/** A dead prompt needs a person at the machine. iPXE builds without `reboot` go round again instead. */
function retryLines({ base, mac, servers }: ScriptBoot): string[] {
  return [
    ':pause',
    `echo pxen: try \${tries} of ${TRIES}, next in ${PAUSE} s`,
    `sleep ${PAUSE}`,
    ...(servers.length === 0 ? [] : ['iseq ${tries} 1 && goto again ||']),
    ...servers.map((server) => `chain --replace ${scriptUrl(server, mac)} ||`),
    'goto again',
    ':over',
    `echo pxen: gave up on ${ipxeSentence(base)}. Is the boot server on, and the cable in? This machine starts again in 30 s.`,
    'sleep 30',
    'reboot ||',
    'set tries:int32 0',
    'goto again',
  ];
}
