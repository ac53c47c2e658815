import type { Ipv4 } from '../../src/core/net/ipv4.ts';
import { below, type Chance } from '../../src/shell/chance.ts';
import { FakeClock } from '../../src/shell/fake/clock.ts';
import { FakeHttp } from '../../src/shell/fake/http.ts';
import { FakeLog } from '../../src/shell/fake/log.ts';
import { FakeNetwork } from '../../src/shell/fake/network.ts';
import type { OpenUdp, UdpPort } from '../../src/shell/udp.ts';
import { driven } from '../fixtures/clients/drive.ts';
import { edk2Pxe } from '../fixtures/clients/edk2.ts';
import { mac } from '../fixtures/cluster.ts';
import { ip } from '../fixtures/dhcp.ts';
import { NETWORK, SERVER, startRig, type Rig } from '../fixtures/rig.ts';
import { BEACON_SEEDS, DHCP_SEEDS, DNS_SEEDS, HEADER_SEEDS, PATH_SEEDS, TFTP_SEEDS } from './corpus.ts';
import { Fallen } from './decoders.ts';
import { mutated } from './mutate.ts';

/** The whole server, showered with bad input on every port: nothing may be thrown, nothing may grow without end. */

/** What each port is sent; HTTP has none. */
export const PORT_SEEDS: ReadonlyMap<number, readonly Uint8Array[]> = new Map([
  [67, DHCP_SEEDS],
  [4011, DHCP_SEEDS],
  [69, TFTP_SEEDS],
  [53, DNS_SEEDS],
]);

type Handler = Parameters<UdpPort['receive']>[0];

/** Machines that a server may remember: so many timelines, and every address of the subnet. */
export const MOST_REMEMBERED = 4096 + 254;

export class Shower {
  readonly #rig: Rig;
  readonly #handlers: ReadonlyMap<number, Set<Handler>>;

  private constructor(rig: Rig, handlers: ReadonlyMap<number, Set<Handler>>) {
    this.#rig = rig;
    this.#handlers = handlers;
  }

  static async start(): Promise<Shower> {
    const clock = new FakeClock();
    const world = { clock, network: new FakeNetwork(clock), http: new FakeHttp(), log: new QuietLog() };
    const handlers = new Map<number, Set<Handler>>();
    const resolverOf = () => async () => ({ code: 0, records: [] });
    const serveStream = async ({ port }: { port: number }) => ({ port, close: async () => undefined });
    const rig = await startRig({
      world,
      openUdp: listening(world.network.machine(SERVER), handlers),
      dns: { serveStream, resolverOf },
      options: { networks: [{ ...NETWORK, dnsServers: [ip('192.0.2.53')], domain: 'lab.internal' }] },
    });
    await clock.pass(0);
    return new Shower(rig, handlers);
  }

  /** So many inputs for each port, and for HTTP. Gives how many were sent. */
  async rain(chance: Chance, rounds: number): Promise<number> {
    let sent = 0;
    for (const [port, seeds] of PORT_SEEDS) {
      for (let round = 0; round < rounds; round += 1) {
        this.#drop(port, mutated(chance, seeds), from(chance), below(chance, 65_536));
        sent += 1;
        if (round % 50 === 0) await this.#rig.clock.pass(1000);
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      await this.#ask(mutated(chance, PATH_SEEDS), chance);
      await this.#step(mutated(chance, BEACON_SEEDS), from(chance));
    }
    await this.#rig.clock.pass(600_000);
    return sent + 2 * rounds;
  }

  /** Steps of so many machines that nobody ever saw, as anybody on the network can make them up. */
  async flood(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const of = (0x020000000000 + n)
        .toString(16)
        .padStart(12, '0')
        .replaceAll(/(..)(?=.)/g, '$1:');
      await this.#step(Buffer.from(`pxen1 ${of} 1 begin`), ip('10.1.2.66'));
      if (n % 1000 === 0) await this.#rig.clock.pass(1);
    }
  }

  /** Machines that the server remembers. */
  get remembered(): number {
    return this.#rig.host0.boot.machines().length;
  }

  /** Steps in the timeline of the n-th machine. */
  stepsOf(n: number): number {
    return this.#rig.host0.boot.timelines.of(mac(n)).length;
  }

  /** A client that behaves is served as if nothing had been. */
  async serves(n: number): Promise<boolean> {
    const { network, http, clock } = this.#rig;
    const machine = { mac: mac(n), network, http, clock, chance: { next: () => 0.5 } };
    return (await driven(clock, edk2Pxe(machine))).kind === 'loaded';
  }

  stop(): Promise<void> {
    return this.#rig.host0.stop();
  }

  #drop(port: number, bytes: Uint8Array, address: Ipv4, source: number): void {
    for (const handle of this.#handlers.get(port) ?? []) {
      try {
        handle(bytes, { address, port: source });
      } catch (error) {
        throw new Fallen(`port ${port}`, bytes, error);
      }
    }
  }

  async #step(bytes: Uint8Array, address: Ipv4): Promise<void> {
    try {
      const { status } = await this.#rig.http.post('/api/v1/step', address, bytes);
      if (status >= 500) throw new Error(`HTTP ${status}`);
    } catch (error) {
      throw new Fallen('http step', bytes, error);
    }
  }

  async #ask(bytes: Uint8Array, chance: Chance): Promise<void> {
    const range = chance.next() < 0.3 ? Buffer.from(mutated(chance, HEADER_SEEDS)).toString('latin1') : undefined;
    const path = decoded(Buffer.from(bytes).toString('latin1'));
    if (path === undefined) return;
    try {
      const { status, body } = await this.#rig.http.get(path, from(chance), { range });
      if (status >= 500) throw new Error(`HTTP ${status}`);
      if (Buffer.from(body).includes('cluster:')) throw new Error('it gives away cluster.yaml');
    } catch (error) {
      throw new Fallen('http path', bytes, error);
    }
  }
}

/** As shell/http.ts does before a handler sees it. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

const from = (chance: Chance): Ipv4 => ip(`10.1.2.${2 + below(chance, 250)}`);

/** A machine's ports, whose handlers can be called directly: what they throw is then known with its input. */
const listening =
  (open: OpenUdp, handlers: Map<number, Set<Handler>>): OpenUdp =>
  async (options) => {
    const port = await open(options);
    const mine = handlers.get(options.port) ?? new Set();
    if (options.port !== 0) handlers.set(options.port, mine);
    return {
      ...port,
      receive: (handler) => {
        mine.add(handler);
        port.receive(handler);
      },
    };
  };

/** A log that forgets: a long run says a great deal. */
class QuietLog extends FakeLog {
  override say(): void {}
}
