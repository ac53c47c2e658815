import type { Client } from '../boot/client.ts';
import type { RawOptions } from './tlv.ts';

/** How DHCP is done in one network, where cluster.yaml may say so. */
export interface NetworkHabits {
  /** Seconds that a running system holds its address. */
  readonly leaseTime: number;
  /** Whether BOOTP is answered: to machines with an address in cluster.yaml, or never. */
  readonly bootp: 'reserved' | 'never';
  /** Whether option 61 is given back (RFC 6842). */
  readonly echoClientId: boolean;
  readonly relayReply: 'giaddr' | 'source';
  /** What cluster.yaml adds for this machine: its host's options over its profile's over the network's. */
  options(client: Client): RawOptions | undefined;
}

export const HABITS: NetworkHabits = {
  leaseTime: 3600,
  bootp: 'reserved',
  echoClientId: true,
  relayReply: 'giaddr',
  options: () => undefined,
};
