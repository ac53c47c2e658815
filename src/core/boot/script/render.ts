import type { Cluster } from '../../cluster/schema.ts';
import { bootArguments, linuxArguments, type Machine } from '../machine.ts';
import type { Profile } from '../profile.ts';
import { chosen } from '../wish.ts';
import { tellScript, problemScript } from './asking.ts';
import { linuxScript } from './linux.ts';
import { localScript } from './local.ts';
import { menuScript } from './menu.ts';
import { ownScript } from './own.ts';
import { plainScriptUrl } from './url.ts';
import { xenScript } from './xen.ts';

/** What a script is made from beside the machine. */
export interface ScriptFacts {
  readonly cluster: Cluster;
  /** `http://10.1.2.1` */
  readonly base: string;
  readonly release: string;
  /** What was chosen at the menu. */
  readonly choice: string | undefined;
}

/** The script of a machine; throws DecodeError for a value that cannot stand in one. */
export function scriptFor(machine: Machine, facts: ScriptFacts): string {
  const { base, choice } = facts;
  const { name, mac } = machine;
  const wish = chosen(machine.wish, choice);
  switch (wish.kind) {
    case 'boot':
      return profileScript(machine, wish.profile, facts, wish.rule === 'menu.choice' ? choice : undefined);
    case 'menu':
      return menuScript({ name, mac, base, items: wish.items, timeout: wish.timeout });
    case 'ask':
      return tellScript(base, mac);
    case 'refuse':
      return problemScript(wish.why, plainScriptUrl(base, mac));
  }
}

function profileScript(machine: Machine, profile: Profile, facts: ScriptFacts, choice: string | undefined): string {
  const { cluster, base, release } = facts;
  const { name, mac } = machine;
  const { payload, console } = profile;
  const boot = { name, mac, base, profile, servers: cluster.boot.servers, choice };
  switch (payload.kind) {
    case 'xen':
      return xenScript({ ...boot, release, args: bootArguments(cluster, machine, profile) });
    case 'linux': {
      const args = linuxArguments(cluster, machine, payload.args, console);
      return linuxScript({ ...boot, initrds: payload.initrd.length, args });
    }
    case 'local':
      return localScript(name);
    case 'script':
      return ownScript(boot, payload.script);
  }
}
