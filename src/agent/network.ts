import { parseWake, type Wake } from '../core/discover/ethtool.ts';
import type { HostReport } from '../core/api/report.ts';
import type { Link } from '../core/discover/ip.ts';
import { BRIDGE } from '../core/discover/xlConfig.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { Identity } from './identify.ts';
import type { Machine } from './machine.ts';

type Pif = HostReport['PIFs'][number];

/** Lets every card that can wake its machine do so; drivers and switched-off power forget it, so at every boot. */
export async function armWake(machine: Machine): Promise<ReadonlyMap<string, Wake>> {
  const cards = (await machine.files.list('/sys/class/net')).map(async (name) => ({
    name,
    driver: await driverOf(machine, name),
  }));
  const real = (await Promise.all(cards)).filter(({ driver }) => driver !== undefined);
  return new Map(await Promise.all(real.map(async ({ name }) => [name, await armCard(machine, name)] as const)));
}

async function armCard({ run, log }: Machine, device: string): Promise<Wake> {
  const look = async (): Promise<Wake> => parseWake((await run(['ethtool', device])).stdout);
  let wake: Wake = 'impossible';
  try {
    wake = await look();
    if (wake === 'unarmed') {
      await run(['ethtool', '-s', device, 'wol', 'g']);
      wake = await look();
    }
  } catch (error) {
    log.say('AGENT_TOOL_FAILED', { what: `wake-on-LAN of ${device}`, reason: sentenceOf(error) });
  }
  log.say('AGENT_WAKE_ARMED', { device, wake });
  return wake;
}

/** The driver of a real card; undefined for bridges, tunnels and the host's ends of VMs' cards. */
async function driverOf({ files }: Machine, device: string): Promise<string | undefined> {
  const driver = (await files.link(`/sys/class/net/${device}/device/driver`))?.split('/').at(-1);
  return driver === 'vif' ? undefined : driver;
}

/** The real cards, the one that the host booted by first. */
export async function pifsOf(
  machine: Machine,
  links: readonly Link[],
  wake: ReadonlyMap<string, Wake>,
  bootMac: string,
): Promise<Pif[]> {
  const cards = links
    .filter((link) => link.type === 'ether')
    .map(async (link): Promise<Pif | undefined> => {
      const driver = await driverOf(machine, link.name);
      if (driver === undefined) return undefined;
      const { name: device, mac: MAC, mtu: MTU, carrier } = link;
      return {
        device,
        MAC,
        MTU,
        carrier,
        speed: await speedOf(machine, link),
        driver,
        wake: wake.get(device) ?? 'impossible',
      };
    });
  const pifs = (await Promise.all(cards)).filter((pif) => pif !== undefined);
  const rank = (pif: Pif): string => `${pif.MAC === bootMac ? 0 : 1} ${pif.device}`;
  return pifs.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Mbit/s; sysfs says -1 or refuses where the link is down or has no speed. */
async function speedOf({ files }: Machine, link: Link): Promise<number | null> {
  const text = link.carrier ? await files.read(`/sys/class/net/${link.name}/speed`) : undefined;
  const speed = Number(text ?? -1);
  return Number.isInteger(speed) && speed > 0 ? speed : null;
}

/** The address of the host itself, without prefix: what stage 1 was given, else the first one of its bridge. */
export function addressOf(identity: Identity, links: readonly Link[]): string {
  const given = identity.address.split('/')[0] ?? '';
  if (given !== '') return given;
  const card = links.find((link) => link.name === BRIDGE) ?? links.find((link) => link.mac === identity.mac);
  return card?.addresses[0]?.split('/')[0] ?? '';
}
