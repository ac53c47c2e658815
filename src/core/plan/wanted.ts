import type { Cluster, VmEntry } from '../cluster/schema.ts';
import type { HostReport } from '../api/report.ts';
import { entryOf } from '../identity/hostEntry.ts';
import { vdiUuid, vmUuid } from '../identity/uuid.ts';
import type { Manifest } from '../image/manifest.ts';

/** A file that hosts fetch from the boot server: path of the URL and the SHA-256 (hex) to check it by. */
export interface Fetched {
  readonly path: string;
  readonly sha256: string;
}

export interface GuestImage {
  readonly kernel: Fetched;
  readonly initrd: Fetched;
}

/** What the administrator wants, and with what it can be had. */
export interface Wanted {
  readonly cluster: Cluster;
  /** Guest images of the release by name. */
  readonly images: Readonly<Record<string, GuestImage>>;
}

/** The guest images of a release: every `images/<name>` that holds both `vmlinuz` and `initrd`. */
export function imagesOf(manifest: Manifest): Wanted['images'] {
  const file = (name: string): Fetched | undefined => {
    const found = manifest.files.find((entry) => entry.name === name);
    return found && { path: `/boot/releases/${manifest.release}/${name}`, sha256: found.sha256 };
  };
  const names = manifest.files.map((entry) => /^images\/([\w-]+)\/vmlinuz$/.exec(entry.name)?.[1]);
  const images = names.flatMap((name) => {
    const [kernel, initrd] = [file(`images/${name}/vmlinuz`), file(`images/${name}/initrd`)];
    return name === undefined || kernel === undefined || initrd === undefined
      ? []
      : [[name, { kernel, initrd }] as const];
  });
  return Object.fromEntries(images);
}

/** A VM of cluster.yaml with the UUIDs that follow from its name. */
export interface WantedVm {
  readonly entry: VmEntry;
  readonly uuid: string;
  readonly vdi: string;
}

/** In order of name: the order of lines in the file decides nothing. */
export const wantedVms = ({ cluster: { cluster, vms } }: Wanted): readonly WantedVm[] =>
  [...vms]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => ({ entry, uuid: vmUuid(cluster.name, entry.name), vdi: vdiUuid(cluster.name, entry.name) }));

/** How a host is called: by cluster.yaml, else by itself. */
export function hostName(cluster: Pick<Cluster, 'hosts'>, report: HostReport): string {
  return entryFor(cluster, report)?.name ?? report.host.name_label;
}

export const entryFor = (cluster: Pick<Cluster, 'hosts'>, report: HostReport): ReturnType<typeof entryOf> =>
  entryOf(cluster, {
    uuid: report.host.uuid,
    serial: report.host.serial,
    macs: report.PIFs.map((pif) => pif.MAC),
  });
