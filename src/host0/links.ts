import type { OpenUdp, UdpPort } from '../shell/udp.ts';
import type { ServedNetwork } from './networks.ts';
import type { Opened } from './serveFiles.ts';

/** What is open on one network. */
interface OpenLink {
  /** What magic packets go out by. */
  readonly wake: UdpPort;
  readonly ending: AbortController;
  readonly opened: Opened;
}

/** Opens the servers of a network; what it opened stands in `opened`, and `signal` ends what runs. */
export type OpenServers = (link: ServedNetwork, opened: Opened, signal: AbortSignal) => Promise<void>;

/** The networks that are served: each is closed and opened by itself, while the others go on. */
export class Links {
  readonly #openUdp: OpenUdp;
  readonly #links = new Map<ServedNetwork, OpenLink>();

  constructor(openUdp: OpenUdp) {
    this.#openUdp = openUdp;
  }

  /** Sends by every network that is open. */
  readonly wake: UdpPort = {
    port: 0,
    send: (bytes, to, failed) => {
      for (const { wake } of this.#links.values()) wake.send(bytes, to, failed);
    },
    receive: () => undefined,
    close: () => undefined,
  };

  /** From now on machines of this network can be woken. */
  async begin(link: ServedNetwork): Promise<void> {
    const wake = await this.#openUdp({ port: 0, interface: link.interface });
    const ending = new AbortController();
    this.#links.set(link, { wake, ending, opened: [() => ending.abort(), () => wake.close()] });
  }

  /** Opens a network whole or, where that fails, not at all. */
  async open(link: ServedNetwork, open: OpenServers): Promise<void> {
    if (!this.#links.has(link)) await this.begin(link);
    const { opened, ending } = this.#links.get(link)!;
    try {
      await open(link, opened, ending.signal);
    } catch (error) {
      await this.close(link);
      throw error;
    }
  }

  async close(link: ServedNetwork): Promise<void> {
    const found = this.#links.get(link);
    this.#links.delete(link);
    for (const close of found?.opened ?? []) await close();
  }

  async closeAll(): Promise<void> {
    for (const link of this.#links.keys()) await this.close(link);
  }
}
