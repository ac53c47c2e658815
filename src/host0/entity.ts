import type { ClusterService } from '../core/api/service.ts';
import type { Policy } from '../core/boot/answer.ts';
import type { Facts } from '../core/boot/facts.ts';
import { typeOfPath, type Part } from '../core/boot/http-reply.ts';
import type { Machine, Marks } from '../core/boot/machine.ts';
import { nodeFile } from '../core/boot/nodeFile.ts';
import { madePath } from '../core/boot/madePath.ts';
import type { Metric } from '../core/http/metrics.ts';
import type { BootEntry } from '../core/cluster/schemaBoot.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { utf8 } from '../core/net/text.ts';
import type { FileInfo, Files } from '../shell/files.ts';
import type { HttpAnswer, HttpRequest } from '../shell/http.ts';
import type { Log } from '../shell/log.ts';

/** What the routes of boot HTTP share. */

export interface HttpDeps {
  /** What is decided by about a machine, and about whoever asks from an address. */
  readonly policy: (who: { readonly mac: Mac | undefined } | { readonly from: Ipv4 }) => Policy;
  readonly files: Files;
  /** The drive, for what settings and add-ons put onto hosts: empty where absent. */
  readonly drive?: Files | undefined;
  /** What is made for the machine that asks from an address, by its path below `boot/`; undefined for all else. */
  readonly made: (path: string, from: Ipv4) => Promise<Uint8Array | undefined>;
  /** Whether folders below `/boot/` are listed; they are where absent. */
  readonly listings?: boolean;
  /** What `/metrics` tells; nothing where absent. */
  readonly metrics?: () => readonly Metric[];
  readonly cluster: () => Cluster;
  /** `http://10.1.2.1` */
  readonly base: string;
  readonly release: string;
  readonly machine: (mac: Mac) => Machine;
  /** A machine has told marks of its board. */
  readonly told: (mac: Mac, marks: Partial<Marks>) => void;
  /** The facts of a machine that asks from an address, and boots a profile. */
  readonly facts: (mac: Mac, from: Ipv4, profile: string) => Facts;
  readonly service: () => Promise<ClusterService>;
  readonly log: Log;
  /** Whether what is asked and answered here goes over TLS. */
  readonly isSecure: boolean;
  /** The certificate by which hosts know this server, PEM; waited for where it is still to come. */
  readonly authority: () => Promise<string | undefined>;
  /** The same, as far as it is known now. */
  readonly authorityNow: () => string | undefined;
  /** Told when a machine fetched something that is a step of its boot. */
  readonly fetched: (mac: Mac | undefined, from: Ipv4, step: string, detail: string) => void;
}

export type Route = (
  request: HttpRequest,
  match: readonly string[],
  deps: HttpDeps,
) => Promise<HttpAnswer> | HttpAnswer;

export const text = (status: number, body: string): HttpAnswer => ({
  kind: 'text',
  status,
  type: 'text/plain',
  body: `${body}\n`,
});

/** Made anew for each who asks; its HEAD and ranges are right all the same. */
export function made(type: string, body: string | Uint8Array, sent: () => void): HttpAnswer {
  const bytes = typeof body === 'string' ? utf8(body) : body;
  const parts: readonly Part[] = [{ kind: 'bytes', bytes }];
  return { kind: 'entity', entity: { type, parts, tag: undefined }, sent };
}

export async function releaseFile(path: string, { files }: HttpDeps): Promise<HttpAnswer> {
  const info = await files.info(path);
  if (info === undefined) return text(404, 'no such file');
  const parts: readonly Part[] = [{ kind: 'file', path, from: 0, to: info.size }];
  const entity = { type: typeOfPath(path), parts, tag: tagOf(info), modified: info.modified };
  return { kind: 'entity', entity };
}

/** A strong entity tag (RFC 9110 8.8.3): changes with the file and with what is sent behind it. */
export const tagOf = ({ size, modified }: FileInfo, behind = ''): string =>
  `"${size.toString(16)}-${Math.round(modified).toString(16)}${behind}"`;

export const stepWhenWhole =
  (deps: HttpDeps, mac: Mac | undefined, from: Ipv4, step: string) =>
  (bytes: number, complete: boolean): void =>
    complete
      ? deps.fetched(mac, from, step, `${bytes} bytes`)
      : deps.fetched(mac, from, `${step} broke off`, `of ${bytes} bytes`);

/** The step of a boot that fetching a file is. `own`: loaders of one's own. */
export function stepOf(path: string, release: string, own: BootEntry['loaders']): string | undefined {
  const made = madePath(path);
  if (made !== undefined && made.kind !== 'alias') return 'config';
  // U-Boot seeks the files of a payload in the folder of its loader: what they are a step of, the payload tells.
  if (nodeFile(path) !== undefined) return undefined;
  if (path.startsWith('loaders/') || Object.values(own).includes(path)) return 'loader';
  const steps: Readonly<Record<string, string>> = { xen: 'xen', 'xen.efi': 'xen', vmlinuz: 'kernel' };
  const folder = `releases/${release}/`;
  return path.startsWith(folder) ? steps[path.slice(folder.length)] : undefined;
}
