import { parseSubnet, type Ipv4 } from '../../src/core/net/ipv4.ts';
import type { Mac } from '../../src/core/net/mac.ts';
import { seededChance, type Chance } from '../../src/shell/chance.ts';
import { FakeJournal } from '../../src/shell/fake/files.ts';
import type { FakeHttp } from '../../src/shell/fake/http.ts';
import { plugged } from '../fixtures/clients/drive.ts';
import { startRival } from '../fixtures/clients/rival.ts';
import type { Machine } from '../fixtures/clients/wire.ts';
import { NETWORK, RELEASE, SERVER, startRig, type Rig, type RigOptions } from '../fixtures/rig.ts';
import { Broken, lifeOf, type Watch } from './machine.ts';
import { networkOf, weatherOf, type Weather } from './weather.ts';

/** Whole boots in one world in memory, and what must be true of them in any weather. */

export interface WorldReport {
  readonly seed: number;
  readonly weather: Weather;
  /** Seconds until the last machine ran. */
  readonly seconds: number;
  readonly datagrams: { readonly server: number; readonly clients: number };
  /** Attempts that failed and were made again. */
  readonly restarts: number;
}

const pattern = (size: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => (at * 31 + seed + (at >> 7)) & 0xff);

/** Small, so that many worlds fit into a second; one ends with a whole block. */
const FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ['loaders/undionly.kpxe', pattern(40_001, 1)],
  ['loaders/snponly.efi', pattern(1468 * 60, 2)],
  ...['xen', 'xen.efi', 'vmlinuz', 'initrd', 'microcode-amd'].map(
    (name, seed) => [`releases/${RELEASE}/${name}`, pattern(1001, seed)] as const,
  ),
]);

/** Milliseconds after which a world is taken to hang. */
const LONGEST = 3 * 3600_000;
const STEP = 500;
/** Milliseconds in which the server may not have written down what it gave. */
const UNWRITTEN = 2500;
/** The rival gives from the other half of the segment. */
const OURS = parseSubnet('10.1.2.0/25')!;

/** Lives through one world; throws Broken, with the seed, where something is not as it must be. */
export async function simulate(seed: number): Promise<WorldReport> {
  try {
    return await new World(seed).run();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    throw new Broken(`seed ${seed}: ${error.message}`, { cause: error });
  }
}

class World {
  readonly #seed: number;
  readonly #weather: Weather;
  readonly #chance: Chance;
  readonly #counts = { server: 0, clients: 0 };
  readonly #holders = new Map<Ipv4, { readonly mac: Mac; readonly since: number }>();
  readonly #unwritten = new Set<Ipv4>();
  #restarts = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#weather = weatherOf(seed);
    this.#chance = seededChance(seed * 2 + 1);
  }

  async run(): Promise<WorldReport> {
    const journal = new FakeJournal();
    const seen = (isServer: boolean): void => void (this.#counts[isServer ? 'server' : 'clients'] += 1);
    const { rival, role } = this.#weather;
    const intercept = networkOf(this.#weather, this.#chance, seen, SERVER);
    const wishes: RigOptions = {
      intercept,
      journal,
      files: FILES,
      options: { networks: [{ ...NETWORK, subnet: OURS, role }] },
    };
    const rig = await startRig(wishes);
    const other = rival === 'none' ? undefined : await startRival(rig.network, { naks: rival === 'rogue' });
    const last = await this.#live(rig, journal, wishes);
    other?.close();
    await last.host0.stop();
    this.#checkCounts();
    const seconds = rig.clock.now() / 1000;
    return { seed: this.#seed, weather: this.#weather, seconds, datagrams: this.#counts, restarts: this.#restarts };
  }

  /** Lets time pass until every machine runs. Gives the server as it stands then. */
  async #live(first: Rig, journal: FakeJournal, wishes: RigOptions): Promise<Rig> {
    let rig = first;
    const running = new Set<Mac>();
    const failures: unknown[] = [];
    for (const [at, kind] of this.#weather.machines.entries()) {
      const machine = this.#machine(first, at);
      running.add(machine.mac);
      const ended = (): boolean => running.delete(machine.mac);
      lifeOf(machine, kind, this.#watch(machine)).then(ended, (error: unknown) => failures.push(error));
    }
    let { outage } = this.#weather;
    while (running.size > 0 && failures.length === 0) {
      await first.clock.pass(STEP);
      if (first.clock.now() > LONGEST) throw new Broken(`${[...running].join(', ')} hang`);
      if (outage === undefined || first.clock.now() < outage.at) continue;
      rig = await this.#outage(rig, outage, journal, wishes);
      outage = undefined;
    }
    if (failures[0] !== undefined) throw failures[0];
    return rig;
  }

  #machine(rig: Rig, at: number): Machine {
    const mac = `52:54:00:${(this.#seed & 0xff).toString(16).padStart(2, '0')}:00:${(at + 1).toString(16).padStart(2, '0')}`;
    const machine = plugged(rig, mac as Mac, this.#seed * 100 + at);
    // As much of HTTP as a machine uses.
    const get: FakeHttp['get'] = async (path, from, asked) => {
      await rig.clock.sleep(5);
      if (this.#chance.next() < this.#weather.httpLoss) throw new Error('connection reset');
      return rig.http.get(path, from, asked);
    };
    return { ...machine, http: { get } as FakeHttp };
  }

  #watch({ mac, clock }: Machine): Watch {
    const forget = (): void => {
      for (const [address, holder] of this.#holders) if (holder.mac === mac) this.#holders.delete(address);
    };
    return {
      files: FILES,
      restarts: () => {
        this.#restarts += 1;
        forget();
      },
      holds: (address) => {
        const other = this.#holders.get(address);
        if (other !== undefined && other.mac !== mac && !this.#unwritten.has(address))
          throw new Broken(`${address} is held by ${other.mac} and by ${mac}`);
        forget();
        this.#holders.set(address, { mac, since: clock.now() });
      },
    };
  }

  /** The server goes away and comes back with its journal; killed, it loses what it had not written, and half a line. */
  async #outage(
    rig: Rig,
    { lasts, isKill }: NonNullable<Weather['outage']>,
    journal: FakeJournal,
    wishes: RigOptions,
  ): Promise<Rig> {
    const { clock } = rig;
    const written = journal.text;
    await rig.host0.stop();
    if (isKill) {
      journal.text = written.slice(0, -20);
      const fresh = [...this.#holders].filter(([, { since }]) => clock.now() - since < UNWRITTEN + STEP);
      for (const [address] of fresh) this.#unwritten.add(address);
      const torn = /"address":"([\d.]+)"[^\n]*\n$/.exec(written)?.[1];
      if (torn !== undefined) this.#unwritten.add(torn as Ipv4);
    }
    await clock.pass(lasts);
    return startRig({ ...wishes, world: rig });
  }

  /** The server says little more than it is asked: nothing doubles. */
  #checkCounts(): void {
    const { server, clients } = this.#counts;
    if (server > clients * 6 + 200) throw new Broken(`${server} datagrams of the server for ${clients} of the clients`);
  }
}
