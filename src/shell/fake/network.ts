import { BROADCAST_IPV4, ANY_IPV4, type Ipv4 } from '../../core/net/ipv4.ts';
import type { Clock } from '../clock.ts';
import type { Endpoint, OpenUdp, UdpPort } from '../udp.ts';

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** What becomes of a datagram: the milliseconds after which it arrives, once for each; none means it is lost. */
export type Intercept = (datagram: Datagram) => readonly number[];

interface Plug {
  readonly address: Ipv4;
  readonly port: number;
  readonly deliver: (bytes: Uint8Array, from: Endpoint) => void;
}

/** One network segment in memory. */
export class FakeNetwork {
  readonly #plugs = new Set<Plug>();
  readonly #clock: Clock;
  readonly #intercept: Intercept;
  #nextPort = 40_000;

  constructor(clock: Clock, intercept: Intercept = () => [0]) {
    this.#clock = clock;
    this.#intercept = intercept;
  }

  /** How a machine with this address opens its ports. A port tied to an interface hears broadcasts, as all do here. */
  machine(address: Ipv4): OpenUdp {
    return async (options) =>
      this.#open(options.address ?? address, options.port === 0 ? this.#nextPort++ : options.port);
  }

  #open(address: Ipv4, port: number): UdpPort {
    const handlers: ((bytes: Uint8Array, from: Endpoint) => void)[] = [];
    const plug: Plug = { address, port, deliver: (bytes, from) => handlers.forEach((handle) => handle(bytes, from)) };
    this.#plugs.add(plug);
    return {
      port,
      send: (bytes, to) => this.#carry({ bytes, from: { address, port }, to }),
      receive: (handler) => void handlers.push(handler),
      close: () => void this.#plugs.delete(plug),
    };
  }

  #carry(datagram: Datagram): void {
    for (const delay of this.#intercept(datagram)) {
      void this.#clock.sleep(delay).then(() => this.#arrive(datagram));
    }
  }

  #arrive({ bytes, from, to }: Datagram): void {
    for (const plug of this.#plugs) {
      const isMeant = to.address === BROADCAST_IPV4 || to.address === plug.address || plug.address === ANY_IPV4;
      if (isMeant && to.port === plug.port) plug.deliver(bytes, from);
    }
  }
}
