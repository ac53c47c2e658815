import type { HostSecrets } from '../core/api/hostSecrets.ts';
import type { HostReport } from '../core/api/report.ts';
import type { BootView, ServiceRequest } from '../core/api/service.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import type { Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import { hostSecrets, type Given } from '../core/secrets/hostSecrets.ts';
import type { Secrets } from '../core/secrets/secrets.ts';
import { publicLine, writePrivateKey, type SshKey } from '../core/ssh/hostKey.ts';

/** The keys of a cluster, as far as its service needs them. */
export interface Keyring {
  /** The authority in a few characters. */
  readonly fingerprint: () => string | undefined;
  /** The SSH host key that is kept for a host; undefined where none is. */
  readonly sshKeyOf: (uuid: string) => SshKey | undefined;
  /** That of the machine that serves. */
  readonly ownSshKey: () => SshKey | undefined;
}

export interface DeliverDeps {
  readonly cluster: () => Cluster;
  readonly secrets?: (() => Secrets) | undefined;
  readonly inventory: Inventory;
  readonly boot: Pick<BootView, 'address' | 'machineAt'>;
  readonly security?: Keyring | undefined;
}

export type Delivery =
  | {
      readonly kind: 'given';
      readonly name: string;
      readonly secrets: HostSecrets;
      readonly lacks: readonly string[];
    }
  | { readonly kind: 'refused'; readonly why: string };

/** The first port that a program without rights may use. */
const UNPRIVILEGED = 1024;

const refused = (why: string): Delivery => ({ kind: 'refused', why });

/**
 * What whoever asks from an address may have. Its address says which machine it is; that it is root there, its port; and both
 * what this server gave it and what its agent reported must be what cluster.yaml lists (docs/rules.md, rule 7).
 */
export function deliver({ from, fromPort, secure }: ServiceRequest, deps: DeliverDeps): Delivery {
  if (!secure) return refused('secrets are given over HTTPS only');
  if (fromPort >= UNPRIVILEGED) return refused('only root of a host may ask, from a port below 1024');
  if (deps.security === undefined) return refused('this boot server keeps no secrets');
  const isSelf = from === deps.boot.address;
  const mac = isSelf ? undefined : deps.boot.machineAt(from)?.mac;
  if (mac === undefined && !isSelf) return refused(`no machine has the address ${from} from here`);
  const report = reportOf(deps.inventory, isSelf, from, mac);
  if (report === undefined) return refused('its agent has not reported yet');
  return deliveryTo(report, mac, deps);
}

/** The newest report of the host that has this card; on the machine that serves, its own. */
function reportOf(inventory: Inventory, isSelf: boolean, from: Ipv4, mac: Mac | undefined): HostReport | undefined {
  const reports = Object.values(inventory.hosts).map(({ report }) => report);
  if (isSelf) return reports.find(({ host }) => host.place === 'host0' && host.address === from);
  return reports.find(({ PIFs }) => PIFs.some(({ MAC }) => MAC === mac));
}

/** `mac`: the card by which it has its address; undefined for the machine that serves. */
function deliveryTo(report: HostReport, mac: Mac | undefined, deps: DeliverDeps): Delivery {
  const { security } = deps;
  const { uuid, name_label: name } = report.host;
  const given = mac === undefined ? ownGiven(uuid, deps) : givenTo(deps.cluster(), { uuid, macs: [mac] }, deps);
  if (given.kind === 'refused') return given;
  const key = mac === undefined ? security?.ownSshKey() : security?.sshKeyOf(uuid);
  const lacks =
    key === undefined ? [...given.lacks, 'no SSH host key is kept, since the drive cannot be used'] : given.lacks;
  const sshHostKeys = key === undefined ? {} : { sshHostKeys: [writtenKey(key, name)] };
  return { kind: 'given', name, secrets: { ...given.secrets, ...sshHostKeys }, lacks };
}

const NOTHING: Secrets = new Map();

const givenTo = (
  cluster: Pick<Cluster, 'access' | 'hosts'>,
  asker: { uuid: string; macs: Mac[] },
  deps: DeliverDeps,
): Given => hostSecrets(cluster, deps.secrets?.() ?? NOTHING, asker);

/** Whoever holds the drive holds its secrets, whether cluster.yaml lists the machine or not. */
function ownGiven(uuid: string, deps: DeliverDeps): Given {
  const mac = '02:00:00:00:00:00' as Mac;
  const { access } = deps.cluster();
  return givenTo(
    { access, hosts: [{ mac, uuid, labels: {}, disks: [], boot: 'allow', wake: true }] },
    { uuid, macs: [mac] },
    deps,
  );
}

const writtenKey = (key: SshKey, name: string): NonNullable<HostSecrets['sshHostKeys']>[number] => ({
  type: 'ed25519',
  privateKey: writePrivateKey(key, `root@${name}`),
  publicKey: publicLine(key, `root@${name}`),
});
