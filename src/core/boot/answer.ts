import type { Mac } from '../net/mac.ts';
import { ARCHITECTURES, architectureName } from './architecture.ts';
import { FEATURE, type Client } from './client.ts';
import { confinedPath } from './path.ts';

/** How much a server of the cluster does on its network (docs/rules.md, rule 6). */
export type Role = 'silent' | 'proxy' | 'full' | 'emergency';

/** What was asked, on whichever protocol. */
export type Asked =
  | {
      readonly protocol: 'dhcp';
      readonly client: Client;
      /** Whether this machine got a loader from here since it was switched on. */
      readonly hasLoader: boolean;
    }
  | { readonly protocol: 'tftp'; readonly path: string; readonly writes: boolean }
  | { readonly protocol: 'http'; readonly path: string }
  | { readonly protocol: 'script'; readonly mac: Mac | undefined };

export type Answer =
  /** An address, and a loader below `boot/`. */
  | { readonly kind: 'loader'; readonly file: string; readonly by: 'tftp' | 'http' }
  /** An address, and the script of this machine. */
  | { readonly kind: 'script'; readonly mac: Mac }
  /** An address and nothing more; `why` where the client wanted more. */
  | { readonly kind: 'address'; readonly why: string | null }
  /** A file below `boot/`. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refusal'; readonly why: string }
  | { readonly kind: 'silence'; readonly why: string };

/** The one decision of what a client gets; DHCP, TFTP and HTTP all ask it. */
export function answer(asked: Asked, role: Role): Answer {
  if (role === 'silent') return { kind: 'silence', why: 'this server is silent here' };
  switch (asked.protocol) {
    case 'dhcp':
      return dhcpAnswer(asked.client, asked.hasLoader, role);
    case 'script':
      return asked.mac === undefined
        ? { kind: 'refusal', why: 'the script is for a MAC address' }
        : { kind: 'script', mac: asked.mac };
    case 'tftp':
      return asked.writes ? { kind: 'refusal', why: 'nothing may be written' } : fileAnswer(asked.path);
    case 'http':
      return fileAnswer(asked.path);
  }
}

function fileAnswer(asked: string): Answer {
  const path = confinedPath(asked);
  return path === undefined ? { kind: 'refusal', why: 'the path leads out of boot/' } : { kind: 'file', path };
}

function dhcpAnswer(client: Client, hasLoader: boolean, role: Role): Answer {
  if (client.stage === 'system') {
    return role === 'proxy'
      ? { kind: 'silence', why: 'another server gives addresses here' }
      : { kind: 'address', why: null };
  }
  return client.stage === 'ipxe' ? ipxeAnswer(client, hasLoader) : loaderAnswer(client);
}

/**
 * iPXE gets its script at once if it can do what the script wants, be it ours or the firmware's own. Else it gets our
 * loader, but only once: were that one to ask again in the same words, the machine would go in circles.
 */
function ipxeAnswer(client: Client, hasLoader: boolean): Answer {
  const format = ARCHITECTURES.get(client.arch ?? 0)?.firmware === 'uefi' ? FEATURE.efi : FEATURE.multiboot;
  const isAble = client.features.has(FEATURE.http) && client.features.has(format);
  if (!isAble && !hasLoader) return loaderAnswer(client);
  return client.mac === null
    ? { kind: 'address', why: 'scripts are for machines with an Ethernet address' }
    : { kind: 'script', mac: client.mac };
}

function loaderAnswer(client: Client): Answer {
  const architecture = ARCHITECTURES.get(client.arch ?? -1);
  const loader = architecture?.loader ?? null;
  if (architecture === undefined || loader === null) {
    return {
      kind: 'address',
      why: `there is no loader for ${architectureName(client.arch)} (option 93: ${client.arch ?? 'absent'})`,
    };
  }
  return { kind: 'loader', file: loader, by: client.bootClass === 'HTTPClient' ? 'http' : architecture.by };
}
