import { chainShape, type Chain } from '../identity/chain.ts';
import { identityShape, type Identity } from '../identity/identity.ts';
import { DecodeError } from '../net/bytes.ts';
import { jsonOrNone } from '../net/json.ts';
import { fromUtf8, utf8 } from '../net/text.ts';
import { hostKeysShape, type HostKeys } from './hostKeysShape.ts';
import { readParts, writeParts, type Parts } from './parts.ts';
import { trustShape, type Trust } from './trust.ts';

/** What a drive remembers. */
export interface DriveState {
  readonly identity: Identity;
  readonly chain: Chain;
  /** The last `cluster.yaml` that could be read whole. */
  readonly clusterFile: string | undefined;
  /**
   * While the file on the drive is being written: what stood in it before. A file that is then neither this nor `clusterFile`
   * was torn by a power cut.
   */
  readonly before: string | undefined;
  /** The last `secrets.yaml` that could be read whole; absent where there is none. An export leaves it out by itself. */
  readonly secretsFile?: string | undefined;
  /** While that is being written on the drive: what tells the text before (`secretsMark`), which itself is kept nowhere. */
  readonly secretsBefore?: string | undefined;
  /** What clients know the cluster's server by; absent on a drive of a version that had none. */
  readonly trust?: Trust | undefined;
  readonly hostKeys?: HostKeys | undefined;
  /** Parts of later versions. */
  readonly rest: Parts;
}

const [IDENTITY, STAMPS, CLUSTER, BEFORE] = ['identity', 'stamps', 'cluster.yaml', 'cluster.yaml.before'];
const [TRUST, HOST_KEYS] = ['trust', 'host-keys'];
const [SECRETS, SECRETS_BEFORE] = ['secrets.yaml', 'secrets.yaml.before'];
const OWN: ReadonlySet<string> = new Set([
  IDENTITY,
  STAMPS,
  CLUSTER,
  BEFORE,
  TRUST,
  HOST_KEYS,
  SECRETS,
  SECRETS_BEFORE,
]);

/** The body of a record. The same state gives the same bytes. */
export function writeDriveState(state: DriveState): Uint8Array {
  const { identity, chain, trust, hostKeys, rest } = state;
  const parts = new Map(rest);
  const texts: readonly (readonly [name: string, text: string | undefined])[] = [
    [CLUSTER, state.clusterFile],
    [BEFORE, state.before],
    [SECRETS, state.secretsFile],
    [SECRETS_BEFORE, state.secretsBefore],
  ];
  for (const [name, text] of texts) if (text !== undefined) parts.set(name, utf8(text));
  parts.set(IDENTITY, utf8(JSON.stringify(identityShape.parse(identity))));
  parts.set(STAMPS, utf8(JSON.stringify(chainShape.parse(chain))));
  if (trust !== undefined) parts.set(TRUST, utf8(JSON.stringify(trustShape.parse(trust))));
  if (hostKeys !== undefined) parts.set(HOST_KEYS, utf8(JSON.stringify(hostKeysShape.parse(hostKeys))));
  return writeParts(parts);
}

/** Throws DecodeError naming the part that is not as it should be. */
export function readDriveState(body: Uint8Array): DriveState {
  const parts = readParts(body);
  const optional = (name: string): string | undefined => (parts.has(name) ? textOf(parts, name) : undefined);
  return {
    identity: shaped(parts, IDENTITY, (value) => identityShape.safeParse(value)),
    chain: shaped(parts, STAMPS, (value) => chainShape.safeParse(value)),
    clusterFile: optional(CLUSTER),
    before: optional(BEFORE),
    ...(parts.has(SECRETS) ? { secretsFile: textOf(parts, SECRETS) } : {}),
    ...(parts.has(SECRETS_BEFORE) ? { secretsBefore: textOf(parts, SECRETS_BEFORE) } : {}),
    ...(parts.has(TRUST) ? { trust: shaped(parts, TRUST, (value) => trustShape.safeParse(value)) } : {}),
    ...(parts.has(HOST_KEYS) ? { hostKeys: shaped(parts, HOST_KEYS, (value) => hostKeysShape.safeParse(value)) } : {}),
    rest: new Map([...parts].filter(([name]) => !OWN.has(name))),
  };
}

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false };

function shaped<T>(parts: Parts, name: string, parse: (value: unknown) => Parsed<T>): T {
  const value = jsonOrNone(textOf(parts, name));
  if (value === undefined) throw new DecodeError(`the part ${name} of the state is no JSON`);
  const parsed = parse(value);
  if (!parsed.success) throw new DecodeError(`the part ${name} of the state has another form`);
  return parsed.data;
}

function textOf(parts: Parts, name: string): string {
  const text = fromUtf8(parts.get(name) ?? new Uint8Array());
  if (text === undefined) throw new DecodeError(`the part ${name} of the state is no text`);
  return text;
}
