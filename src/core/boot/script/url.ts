import { HARDWARE_MARKS } from '../hardware.ts';
import type { Mac } from '../../net/mac.ts';
import { ipxeWord } from './ipxe-text.ts';

/**
 * What a machine tells with the request for its script. iPXE puts its settings in, in the file name that DHCP gives as well as
 * in a script (autoboot.c, `expand_settings`), so nobody has to be asked a second time. A build without a setting leaves it empty.
 */
const MARKS = 'uuid=${uuid}&serial=${serial:uristring}&memory=${memsize}&platform=${platform}';

/** How iPXE writes the address of its first card, where the server does not know whom it speaks to. */
const OWN_MAC = '${net0/mac:hexhyp}';

const hyphened = (mac: Mac): string => mac.replaceAll(':', '-');

/** Where the script of a machine is, with what it is to tell. */
export const scriptUrl = (base: string, mac: Mac | undefined): string =>
  `${ipxeWord(base)}/ipxe/${mac === undefined ? OWN_MAC : hyphened(mac)}?${MARKS}`;

/** The same, where it is to tell of its hardware too: too long for DHCP, not for a script. */
export const tellingUrl = (base: string, mac: Mac): string => `${scriptUrl(base, mac)}&${HARDWARE_MARKS}`;

/** Where the script of a machine is that has told all it can, or has chosen a profile. */
export const plainScriptUrl = (base: string, mac: Mac, choice?: string): string =>
  `${ipxeWord(base)}/ipxe/${hyphened(mac)}${choiceQuery(choice)}`;

/** Where the files are that are made for a machine. */
export const nodeUrl = (base: string, mac: Mac): string => ipxeWord(`${base}/node/${hyphened(mac)}`);

/** Behind a URL of a machine at whose menu a profile was chosen: what is made for it depends on that. */
export const choiceQuery = (choice: string | undefined): string => (choice === undefined ? '' : `?profile=${choice}`);
