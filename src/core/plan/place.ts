import type { VmEntry } from '../cluster/schema.ts';
import type { Order } from '../inventory/inventory.ts';
import { isMeantFor, VM_OVERHEAD, type PlanHost } from './hosts.ts';

/** Where a VM that exists nowhere goes, or why it goes nowhere. `sr` is null for a VM without a disk. */
export type Place =
  { readonly host: PlanHost; readonly sr: string | null } | { readonly host: PlanHost | null; readonly reason: string };

/** Where it was ordered before, else the first host by name, of its pool, that has memory and an SR with room. */
export function place(vm: VmEntry, hosts: readonly PlanHost[], before: Order | undefined): Place {
  const ordered = hosts.find((host) => host.uuid === before?.host);
  if (before !== undefined && ordered !== undefined) return placeAgain(vm, ordered, before);
  const meant = hosts.filter((host) => isMeantFor(vm, host));
  const tries = meant.map((host) => ({ host, verdict: fit(vm, host) }));
  const good = tries.find(({ verdict }) => 'sr' in verdict);
  if (good !== undefined && 'sr' in good.verdict) return { host: good.host, sr: good.verdict.sr };
  const reasons = tries.map(({ host, verdict }) => `${host.name} ${'no' in verdict ? verdict.no : ''}`);
  const which = vm.pool === undefined ? 'no host' : `no host of the pool ${vm.pool}`;
  return {
    host: null,
    reason: reasons.length === 0 ? `${which} has reported yet` : `${which} fits: ${reasons.join('; ')}`,
  };
}

/** An order stands until its host says otherwise: anywhere else it could come to exist twice. */
function placeAgain(vm: VmEntry, host: PlanHost, { sr }: Order): Place {
  if (host.lost) return { host, reason: `${host.name} was told to make it and cannot be asked` };
  if (!isMeantFor(vm, host))
    return { host, reason: `${host.name} was told to make it, and is not in the pool ${vm.pool}` };
  if (sr !== null && !host.room.has(sr))
    return { host, reason: `the storage it was ordered on is missing on ${host.name}` };
  return { host, sr };
}

function fit(vm: VmEntry, host: PlanHost): { readonly sr: string | null } | { readonly no: string } {
  const { health } = host.seen.report;
  if (host.lost) return { no: 'cannot be asked' };
  if (!health.ok) return { no: `is unhealthy (${health.problems.join(', ')})` };
  if (host.memory < vm.memory + VM_OVERHEAD) return { no: 'has too little free memory' };
  if (vm.disk === undefined) return { sr: null };
  const { size, sr: wish } = vm.disk;
  const offered = host.seen.report.SRs.filter((sr) => wish === 'auto' || wish === sr.uuid || wish === sr.name_label);
  if (offered.length === 0) return { no: wish === 'auto' ? 'has no storage' : `has no storage ${wish}` };
  const roomy = offered
    .map((sr) => sr.uuid)
    .sort()
    .find((uuid) => (host.room.get(uuid) ?? 0) >= size);
  return roomy === undefined ? { no: 'has too little room on its storage' } : { sr: roomy };
}
