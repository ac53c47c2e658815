import type { HostReport, Step } from '../../src/core/api/report.ts';
import { absorb, EMPTY_INVENTORY, entrust, pass, type Inventory } from '../../src/core/inventory/inventory.ts';
import { plan } from '../../src/core/plan/plan.ts';
import type { Wanted } from '../../src/core/plan/wanted.ts';
import { disk, domain, report, sr, uuid, vdi } from '../fixtures/cluster.ts';

/** Numbers below `limit`, the same for the same seed (mulberry32). */
export function chance(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

/** A host as it is, not as anybody sees it: carries steps out late, loses its memory when it is switched off. */
class Host {
  readonly n: number;
  boot = 1;
  counter = 0;
  on = true;
  /** Cut off from the server: lives on, unheard. */
  cut = false;
  sr: string | undefined;
  readonly vdis = new Map<string, string>();
  vms: string[] = [];
  todo: Step[] = [];
  done: HostReport['done'] = [];

  constructor(n: number) {
    this.n = n;
  }

  report(): HostReport {
    this.counter += 1;
    return report(this.n, {
      counter: this.counter,
      boot_id: `boot-${this.n}-${this.boot}`,
      disks: [disk(this.n, this.sr === undefined ? 'nothing' : 'ours')],
      SRs: this.sr === undefined ? [] : [sr(this.sr, this.vdis.size * 2 ** 30)],
      VDIs: [...this.vdis].map(([id, where]) => vdi(id, where)),
      VMs: this.vms.map((vm) => domain(vm)),
      doing: this.todo.map((step) => step.id),
      done: this.done,
      host: { memory_free: (8 - this.vms.length) * 2 ** 28 },
    });
  }

  work(fails: boolean): void {
    const step = this.todo.shift();
    if (step === undefined) return;
    if (!fails) this.#carryOut(step);
    this.done = [...this.done, { step: step.id, ok: !fails, said: fails ? 'it failed' : '' }].slice(-40);
  }

  #carryOut(step: Step): void {
    if (step.kind === 'sr.create') this.sr = step.uuid;
    else if (step.kind === 'vdi.create') this.vdis.set(step.uuid, step.sr);
    else if (!this.vms.includes(step.uuid)) this.vms.push(step.uuid);
  }

  off(): void {
    this.on = false;
    this.boot += 1;
    this.counter = 0;
    this.vms = [];
    this.todo = [];
    this.done = [];
  }
}

/** A rack of hosts and one server, every round of which may go wrong in its own way. */
export class Rack {
  readonly hosts: readonly Host[];
  readonly #wanted: Wanted;
  readonly #chance: (limit: number) => number;
  #inventory: Inventory = EMPTY_INVENTORY;
  /** Rounds that a host may be off or cut off at a stretch; below the planner's patience. */
  readonly #longest = 20;
  readonly #away = new Map<number, number>();

  constructor(count: number, wanted: Wanted, seed: number) {
    this.hosts = Array.from({ length: count }, (_, index) => new Host(index + 1));
    this.#wanted = wanted;
    this.#chance = chance(seed);
  }

  /** One round in which faults happen, or, with `calm`, one in which they are over. */
  round(calm = false): void {
    this.#inventory = pass(this.#inventory, 1);
    if (!calm && this.#chance(60) === 0) this.#inventory = EMPTY_INVENTORY;
    for (const host of this.hosts) this.#fault(host, calm);
    for (const host of this.#shuffled()) if (host.on && !host.cut) this.#speak(host, calm);
    for (const host of this.hosts)
      if (host.on && (calm || this.#chance(3) > 0)) host.work(!calm && this.#chance(12) === 0);
  }

  #fault(host: Host, calm: boolean): void {
    const left = this.#away.get(host.n) ?? 0;
    if (left > 1 && !calm) return void this.#away.set(host.n, left - 1);
    this.#away.delete(host.n);
    [host.on, host.cut] = [true, false];
    if (calm) return;
    const what = this.#chance(40);
    if (what === 0) host.off();
    if (what === 1) host.cut = true;
    if (what < 2) this.#away.set(host.n, 1 + this.#chance(this.#longest));
    if (what === 2) host.vms = host.vms.slice(1);
  }

  /** A report and its reply, either of which may get lost. */
  #speak(host: Host, calm: boolean): void {
    const told = host.report();
    if (!calm && this.#chance(8) === 0) return;
    this.#inventory = absorb(this.#inventory, told).inventory;
    const { steps, orders } = plan(this.#wanted, this.#inventory);
    this.#inventory = entrust(this.#inventory, orders, uuid(host.n));
    if (!calm && this.#chance(8) === 0) return;
    // As the agent does: the step at hand is finished, the others give way to the new ones.
    const [current] = host.todo;
    const fresh = (steps[uuid(host.n)] ?? []).filter((step) => step.id !== current?.id);
    host.todo = [...(current === undefined ? [] : [current]), ...fresh];
  }

  #shuffled(): Host[] {
    return this.hosts
      .map((host) => ({ host, rank: this.#chance(1000) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ host }) => host);
  }
}
