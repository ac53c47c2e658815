import type { Cluster } from '../cluster/schema.ts';
import type { ProfileEntry } from '../cluster/schemaBoot.ts';

/** What a profile boots. Files stand below `boot/`. */
export type Payload =
  | { readonly kind: 'xen' }
  | {
      readonly kind: 'linux';
      readonly kernel: string;
      readonly initrd: readonly string[];
      readonly args: readonly string[];
    }
  | { readonly kind: 'local' }
  | { readonly kind: 'script'; readonly script: { readonly file: string } | { readonly text: string } };

/** What a machine boots, and how it is spoken with meanwhile. */
export interface Profile {
  readonly name: string;
  readonly payload: Payload;
  /** A serial console as Linux names it: `ttyS0,115200`. */
  readonly console: string | undefined;
  /** The tagged VLAN that its files come over. */
  readonly vlan: number | undefined;
}

/** The profile whose hosts report and are given no VMs. */
export const DISCOVERY = 'discovery';

const builtIn = (name: string, kind: 'xen' | 'local'): Profile => ({
  name,
  payload: { kind },
  console: undefined,
  vlan: undefined,
});

/** What may be named without being written; cluster.yaml may write it anew. */
const BUILT_IN: readonly Profile[] = [builtIn('xen', 'xen'), builtIn('local', 'local'), builtIn(DISCOVERY, 'xen')];

/** Every profile that can be named: those of cluster.yaml in their order, then those that pxen has by itself. */
export function profileNames(profiles: Readonly<Record<string, unknown>>): string[] {
  const own = Object.keys(profiles);
  return [...own, ...BUILT_IN.flatMap(({ name }) => (own.includes(name) ? [] : name))];
}

/** The profile of a name; undefined where there is none. */
export function profileNamed(cluster: Pick<Cluster, 'profiles'>, name: string): Profile | undefined {
  const entry = Object.hasOwn(cluster.profiles, name) ? cluster.profiles[name] : undefined;
  if (entry === undefined) return BUILT_IN.find((profile) => profile.name === name);
  return { name, payload: payloadOf(entry.payload), console: entry.console, vlan: entry.vlan };
}

/** The checks of cluster.yaml see to it that each kind has its keys; the empty ones stand for the type only. */
function payloadOf({ kind, kernel, initrd, args, file, text }: ProfileEntry['payload']): Payload {
  switch (kind) {
    case 'xen':
    case 'local':
      return { kind };
    case 'linux':
      return { kind, kernel: kernel ?? '', initrd: initrd ?? [], args: args ?? [] };
    case 'script':
      return { kind, script: file === undefined ? { text: text ?? '' } : { file } };
  }
}

/** The files below `boot/` that a payload is made of, beside those of the release. */
export function filesOf(payload: Payload): readonly string[] {
  if (payload.kind === 'linux') return [payload.kernel, ...payload.initrd];
  return payload.kind === 'script' && 'file' in payload.script ? [payload.script.file] : [];
}
