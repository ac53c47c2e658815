import { parseBeacon, type Beacon } from '../core/boot/beacon.ts';
import { DecodeError } from '../core/net/bytes.ts';
import type { Log } from '../shell/log.ts';
import type { UdpPort } from '../shell/udp.ts';

export interface BeaconDeps {
  readonly log: Log;
  readonly heard: (beacon: Beacon) => void;
}

/** Hears the steps of stage 1. */
export function hearBeacons(port: UdpPort, deps: BeaconDeps): void {
  port.receive((bytes, from) => {
    try {
      deps.heard(parseBeacon(bytes));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      deps.log.say('BOOT_BEACON_UNREADABLE', { from: from.address, why: error.message });
    }
  });
}
