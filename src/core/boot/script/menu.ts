import type { Mac } from '../../net/mac.ts';
import type { Payload, Profile } from '../profile.ts';
import { ipxeSentence } from './ipxe-text.ts';
import { plainScriptUrl } from './url.ts';

/** What the menu of a machine that nobody listed is made of. */
export interface Menu {
  readonly name: string;
  readonly mac: Mac;
  readonly base: string;
  /** The first is booted when nobody chooses. */
  readonly items: readonly Profile[];
  /** Seconds. */
  readonly timeout: number;
}

const WHAT: Readonly<Record<Payload['kind'], string>> = {
  xen: 'a host of this cluster',
  linux: 'Linux',
  local: 'the local disk',
  script: 'a script',
};

/** No profile can have this name: names have no dot. */
const SHELL = '.shell';

const itemText = ({ name, payload }: Profile): string =>
  name === 'discovery' ? 'discovery: boots, reports, and runs no VMs' : `${name}: ${WHAT[payload.kind]}`;

/** Nobody has to be there: after the time the first item is booted, and a build without menus takes it at once. */
export function menuScript(menu: Menu): string {
  const usual = menu.items[0]?.name ?? 'xen';
  const title = ipxeSentence(`pxen: ${menu.name}, ${menu.mac}: what shall it boot?`);
  return [
    '#!ipxe',
    `echo pxen: ${ipxeSentence(menu.name)} is not named in cluster.yaml`,
    ':menu',
    `set choice ${usual}`,
    `menu ${title} || goto chosen`,
    ...menu.items.map((item) => `item ${item.name} ${ipxeSentence(itemText(item))} ||`),
    `item ${SHELL} iPXE shell ||`,
    `choose --timeout ${menu.timeout * 1000} --default ${usual} choice ||`,
    `iseq \${choice} ${SHELL} && goto shell ||`,
    ':chosen',
    `chain --replace ${plainScriptUrl(menu.base, menu.mac, '${choice}')} ||`,
    `echo pxen: no script from ${ipxeSentence(menu.base)}, error \${errno:hexraw}; trying again in 10 s`,
    'sleep 10',
    'goto chosen',
    ':shell',
    'echo pxen: type exit to come back to the menu',
    'shell ||',
    'goto menu',
    '',
  ].join('\n');
}
