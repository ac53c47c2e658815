import type { Mac } from '../net/mac.ts';
import { ARCHITECTURES } from './architecture.ts';
import { FEATURE, type Client } from './client.ts';
import { loaderFor, type Loaders } from './loaders.ts';
import { confinedPath } from './path.ts';
import type { Wish } from './wish.ts';

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

/** What is decided by: the server's role where it was asked, and what cluster.yaml wants of the machine that asks. */
export interface Policy {
  readonly role: Role;
  readonly wish: Wish;
  readonly loaders: Loaders;
}

export type Answer = {
  /** The rule that decided: short and stable, for logs and timelines. */
  readonly rule: string;
} & (
  | { readonly kind: 'loader'; readonly file: string; readonly by: 'tftp' | 'http' }
  /** The script of this machine. */
  | { readonly kind: 'script'; readonly mac: Mac }
  /** An address and nothing more; `why` where the client wanted more. */
  | { readonly kind: 'address'; readonly why: string | null }
  /** A file below `boot/`. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'refusal'; readonly why: string }
  | { readonly kind: 'silence'; readonly why: string }
);

/** The one decision of what a client gets; DHCP, TFTP, HTTP and scripts all ask it. */
export function answer(asked: Asked, policy: Policy): Answer {
  const { role, wish } = policy;
  if (role === 'silent') return { kind: 'silence', rule: 'role.silent', why: 'this server is silent here' };
  if (asked.protocol === 'dhcp') return dhcpAnswer(asked.client, asked.hasLoader, policy);
  if (wish.kind === 'refuse') return { kind: 'refusal', rule: wish.rule, why: wish.why };
  switch (asked.protocol) {
    case 'script':
      return asked.mac === undefined
        ? { kind: 'refusal', rule: 'script.no-mac', why: 'the script is for a MAC address' }
        : { kind: 'script', rule: wish.rule, mac: asked.mac };
    case 'tftp':
      return asked.writes
        ? { kind: 'refusal', rule: 'file.write', why: 'nothing may be written' }
        : fileAnswer(asked.path);
    case 'http':
      return fileAnswer(asked.path);
  }
}

/** What an answer says to a person: what was decided, and in brackets by which rule. */
export function sentenceOfAnswer(given: Answer, what?: string): string {
  const said = what ?? ('why' in given ? given.why : null) ?? '';
  return `${said} [${given.rule}]`.trim();
}

function fileAnswer(asked: string): Answer {
  const path = confinedPath(asked);
  return path === undefined
    ? { kind: 'refusal', rule: 'file.confined', why: 'the path leads out of boot/' }
    : { kind: 'file', rule: 'file', path };
}

/** A machine that must not boot may still need an address for the system on its disk. */
function dhcpAnswer(client: Client, hasLoader: boolean, policy: Policy): Answer {
  const { role, wish } = policy;
  if (client.stage === 'system') {
    return role === 'proxy'
      ? { kind: 'silence', rule: 'role.proxy.no-boot-client', why: 'another server gives addresses here' }
      : { kind: 'address', rule: 'system', why: null };
  }
  if (wish.kind === 'refuse') return { kind: 'silence', rule: wish.rule, why: wish.why };
  return client.stage === 'ipxe' ? ipxeAnswer(client, hasLoader, policy) : loaderAnswer(client, policy);
}

/**
 * iPXE gets its script at once if it can do what the script wants, be it ours or the firmware's own. Else it gets our
 * loader, but only once: were that one to ask again in the same words, the machine would go in circles.
 */
function ipxeAnswer(client: Client, hasLoader: boolean, policy: Policy): Answer {
  const format = ARCHITECTURES.get(client.arch ?? 0)?.firmware === 'uefi' ? FEATURE.efi : FEATURE.multiboot;
  const isAble = client.features.has(FEATURE.http) && client.features.has(format);
  if (!isAble && !hasLoader) return loaderAnswer(client, policy);
  return client.mac === null
    ? { kind: 'address', rule: 'ipxe.no-mac', why: 'scripts are for machines with an Ethernet address' }
    : { kind: 'script', rule: isAble ? 'ipxe.script' : 'ipxe.once', mac: client.mac };
}

function loaderAnswer(client: Client, { loaders }: Policy): Answer {
  const loader = loaderFor(client.arch, loaders);
  const stage = client.stage === 'ipxe' ? 'ipxe' : 'firmware';
  if ('why' in loader) return { kind: 'address', rule: `${stage}.no-loader`, why: loader.why };
  const by = client.bootClass === 'HTTPClient' ? 'http' : loader.by;
  return { kind: 'loader', rule: `${stage}.loader`, file: loader.file, by };
}
