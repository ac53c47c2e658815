import type { Facts } from '../core/boot/facts.ts';
import { inSubnet, type Ipv4 } from '../core/net/ipv4.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Clock } from '../shell/clock.ts';
import type { Host0Options, House } from './house.ts';
import type { ServedNetwork } from './networks.ts';

/** Seconds that a machine's address is kept from when it fetches its facts until its agent reports. */
const FACTS_KEPT = 3600;

/** Milliseconds that a machine's initrd waits for the cluster's keys; who is not told then learns them by its first report. */
const KEYS_WITHIN = 10_000;

/** The certificate that hosts know this server by; undefined where it has none, or none yet. */
export async function soonEnough(authority: Promise<string | undefined>, clock: Clock): Promise<string | undefined> {
  const enough = new AbortController();
  const late = clock.sleep(KEYS_WITHIN, enough.signal).then(
    () => undefined,
    () => undefined,
  );
  const known = await Promise.race([authority, late]);
  enough.abort();
  return known;
}

/** The facts of a machine that asks from an address on a link; keeps that address for it. */
export function factsOf(
  options: Host0Options,
  house: House,
  link: ServedNetwork,
  mac: Mac,
  from: Ipv4,
  profile: string,
): Facts {
  const { machines, leases } = house;
  leases.keep(mac, FACTS_KEPT);
  const address = leases.book.ofMac(mac)?.address ?? from;
  const home = house.networks().find(({ subnet }) => inSubnet(subnet, address));
  return {
    boot: 'network',
    server: link.address,
    mac,
    gateway: home === undefined ? link.gateway : home.gateway,
    release: options.release,
    address,
    prefix: (home ?? link).subnet.prefix,
    name: machines.machine(mac).name,
    cluster: options.cluster().cluster.name,
    manifest: options.manifestSha256,
    profile,
  };
}
