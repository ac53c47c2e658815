import { appliedState, appliedStateText, reportedHardware, type AppliedState } from '../core/boot/appliedText.ts';
import type { HostReport } from '../core/api/report.ts';
import { selectableOf } from '../core/cluster/pools.ts';
import { entryOf } from '../core/identity/hostEntry.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { hostNamed } from './clusterFile.ts';
import { explained, type ReadFile } from './explained.ts';
import { keyText, shownKey } from './hostKey.ts';
import { readCluster } from './readCluster.ts';
import { bootServer, statusOf } from './status.ts';

/**
 * `pxen host show NAME`: every value in force for a host, and where it stands, and its SSH host key; on a host, or with `--server`,
 * also what of it was applied.
 */
export async function run(call: Call): Promise<number> {
  const { words, switches, values } = call;
  const [word] = words;
  if (word === undefined) throw new Failure('which host?', 'Name it: pxen host show NAME.', 2);
  const { file } = values;
  // Which server to ask says nothing of where the file is.
  const read = await readCluster(file === undefined ? {} : { file });
  const host = read.cluster.hosts[hostNamed(word, read.cluster, read.file)];
  const server = values['server'] ?? (await bootServer());
  const report = server === undefined ? undefined : await reportOf(word, call);
  const state = report && stateOf(read, report);
  const isJson = switches.has('json');
  const sshKey = host && (await shownKey(host, call));
  process.stdout.write(explained(word, read, isJson, report && reportedHardware(report), { applied: state, sshKey }));
  if (isJson) return 0;
  if (server !== undefined) process.stdout.write(tellState(word, state, server));
  if (sshKey !== undefined) process.stdout.write(keyText(sshKey));
  return 0;
}

const tellState = (word: string, state: AppliedState | undefined, server: string): string =>
  state === undefined ? `${word} has not reported to ${server}\n` : appliedStateText(word, state);

async function reportOf(word: string, call: Call): Promise<HostReport | undefined> {
  const { hosts } = await statusOf(call);
  const host = hosts.find(({ name, mac, report }) => [name, mac, report?.host.uuid].includes(word.toLowerCase()));
  return host?.report ?? undefined;
}

function stateOf({ cluster }: ReadFile, report: HostReport): AppliedState {
  const macs = report.PIFs.map(({ MAC }) => MAC);
  const entry = entryOf(cluster, { uuid: report.host.uuid, serial: report.host.serial, macs });
  const { name_label: name, profile = 'xen' } = report.host;
  const hardware = reportedHardware(report);
  const host = { name: entry?.name ?? name, entry, hardware };
  return appliedState(cluster, selectableOf(cluster, host, profile), report);
}
