import type { CpioEntry } from '../image/cpio.ts';
import { writeCpio } from '../image/cpio.ts';
import type { Ipv4 } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';
import { layerLine, type PackageLayer } from '../image/packageIndex.ts';
import { DecodeError } from '../net/bytes.ts';
import { hostFileEntries, type HostFile, type Overlay } from './hostFiles.ts';
import { utf8 } from '../net/text.ts';

/** What stage 1 is told about its host (docs/boot.md, "Facts of a host"). */
export interface Facts {
  readonly boot: 'network' | 'drive';
  readonly server: Ipv4;
  readonly mac: Mac;
  readonly address: Ipv4;
  readonly prefix: number;
  readonly gateway: Ipv4 | undefined;
  readonly name: string;
  readonly cluster: string;
  readonly release: string;
  /** SHA-256 of the manifest file, hex. */
  readonly manifest: string;
  /** What it boots as; the report carries it, and hosts of `discovery` are given no VMs. */
  readonly profile: string;
}

const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What each value may be. None of the forms has a quote, a line end or anything else that a shell looks at. */
const FORMS: Readonly<Record<string, RegExp>> = {
  PXEN_BOOT: /^(network|drive)$/,
  PXEN_SERVER: ADDRESS,
  PXEN_MAC: /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/,
  PXEN_ADDRESS: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/,
  PXEN_GATEWAY: /^(\d{1,3}(\.\d{1,3}){3})?$/,
  PXEN_NAME: LABEL,
  PXEN_CLUSTER: LABEL,
  PXEN_RELEASE: /^[\w.-]+$/,
  PXEN_MANIFEST: /^[0-9a-f]{64}$/,
  PXEN_PROFILE: LABEL,
};

/** The facts as lines for a shell; throws DecodeError naming a value that must not stand there. */
export function factsText(facts: Facts): string {
  const values: Readonly<Record<string, string>> = {
    PXEN_BOOT: facts.boot,
    PXEN_SERVER: facts.server,
    PXEN_MAC: facts.mac,
    PXEN_ADDRESS: `${facts.address}/${facts.prefix}`,
    PXEN_GATEWAY: facts.gateway ?? '',
    PXEN_NAME: facts.name,
    PXEN_CLUSTER: facts.cluster,
    PXEN_RELEASE: facts.release,
    PXEN_MANIFEST: facts.manifest,
    PXEN_PROFILE: facts.profile,
  };
  return Object.entries(values).map(line).join('');
}

function line([name, value]: [string, string]): string {
  if (!(FORMS[name]?.test(value) ?? false)) throw new DecodeError(`${name} must not be ${JSON.stringify(value)}`);
  return `${name}='${value}'\n`;
}

/** What goes behind the release's initrd for one host. */
interface FactsParts {
  readonly files: readonly HostFile[];
  readonly overlay: Overlay;
  /** The certificate by which the host knows its boot server, PEM. It is public. */
  readonly authority: string | undefined;
  /** The package layers that it takes. */
  readonly layers: readonly PackageLayer[];
}

/** The facts, and what else a host is given, as a cpio that goes behind the release's initrd. */
export function factsCpio(facts: Facts, { files, overlay, authority, layers }: FactsParts): Uint8Array {
  const lines = layers.map((layer) => `${layerLine(layer)}\n`).join('');
  const entries: CpioEntry[] = [
    { kind: 'directory', path: 'pxen', mode: 0o755 },
    { kind: 'file', path: 'pxen/facts', mode: 0o644, bytes: utf8(factsText(facts)) },
    ...(authority === undefined ? [] : [authorityEntry(authority)]),
    ...(lines === '' ? [] : [{ kind: 'file', path: 'pxen/layers', mode: 0o644, bytes: utf8(lines) } as const]),
    ...hostFileEntries(files, overlay),
  ];
  return writeCpio(entries);
}

const authorityEntry = (cert: string): CpioEntry => ({
  kind: 'file',
  path: 'pxen/ca.pem',
  mode: 0o644,
  bytes: utf8(cert),
});
