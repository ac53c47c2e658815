import type { TimelineEntry } from '../api/status.ts';
import { ANY_IPV4, type Ipv4 } from '../net/ipv4.ts';
import { STAGE1_STEPS } from './beacon.ts';

/** The last step of a boot of which pxen hears nothing more. */
export const HANDED_OVER = 'handed over';

/** Stands before the steps of a boot when the one before ended at a loader that nothing was heard of. */
export const UNSTARTED = 'unstarted';

/**
 * The steps of one boot in their order. Those of stage 1 carry its prefix: its `fetch` is not the loader's. `failed` may
 * come anywhere. A step may be missing (firmware's own iPXE needs no loader) or come again.
 */
const BOOT_STEPS = [
  'wake',
  'dhcp',
  'loader',
  // What a loader looks for when it runs: iPXE's autoexec, GRUB's configuration.
  'config',
  'script',
  'menu',
  'xen',
  'kernel',
  'initrd',
  ...STAGE1_STEPS.map((step) => `stage1 ${step}` as const),
  'report',
  'ready',
  HANDED_OVER,
] as const;
export type BootStep = (typeof BOOT_STEPS)[number];

/** Entries of one boot that are kept; a machine that goes in circles must not fill the memory. */
const MOST = 64;

/** Before these a boot is still at its beginning, however often the firmware asks. */
const BEFORE = {
  firmware: ['wake', UNSTARTED, 'dhcp'],
  ipxe: ['wake', UNSTARTED, 'dhcp', 'loader', 'config'],
} as const;

/** Seconds within which firmware that starts no loader goes on to its next boot entry: IPv6 comes in between, or a person at a warning. */
const NEXT_ENTRY = 600;

/** Whether an entry begins a new boot: an address is asked for again by a machine that had come further. */
function beginsBoot(entries: readonly TimelineEntry[], step: string, detail: string): boolean {
  if (step !== 'dhcp') return false;
  const before: readonly string[] = detail.startsWith('firmware') ? BEFORE.firmware : BEFORE.ipxe;
  return entries.some((entry) => !before.includes(entry.step));
}

/**
 * What is kept of the boot before: its loader, where that went out whole and the firmware itself asks again at once. A loader
 * that runs asks for something first.
 */
function unstarted(entries: readonly TimelineEntry[], next: TimelineEntry): readonly TimelineEntry[] {
  const last = entries.at(-1);
  if (last?.step !== 'loader' || !next.detail.startsWith('firmware') || next.at - last.at > NEXT_ENTRY) return [];
  return [{ at: last.at, step: UNSTARTED, detail: last.detail }];
}

/** The timeline with one more entry. Of too many the middle ones go: how it began and how it stands both matter. */
export function appendEntry(entries: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] {
  if (beginsBoot(entries, entry.step, entry.detail)) return [...unstarted(entries, entry), entry];
  const last = entries.at(-1);
  const isSame = last?.step === entry.step && last.detail === entry.detail;
  const kept = isSame ? entries.slice(0, -1) : entries;
  if (kept.length < MOST) return [...kept, entry];
  return [...kept.slice(0, MOST / 2), ...kept.slice(MOST / 2 + 1), entry];
}

/** How often firmware was offered a boot file in this boot without fetching anything. */
export function offersInVain(entries: readonly TimelineEntry[]): number {
  const offers = entries.filter(({ step, detail }) => step === 'dhcp' && detail.startsWith('firmware'));
  return entries.some(({ step }) => step === 'loader' || step === 'script') ? 0 : offers.length;
}

/** What the timeline says of a DHCP reply. A proxy knows no address yet; how often it has offered says whether that helps. */
export const dhcpDetail = (entries: readonly TimelineEntry[], stage: 'firmware' | 'ipxe', address: Ipv4): string =>
  address === ANY_IPV4 ? `${stage} by proxy, offer ${offersInVain(entries) + 1}` : `${stage} ${address}`;

interface Expectation {
  /** Seconds until the next step must have come, on a slow machine. */
  readonly within: number;
  readonly reached: string;
  /** The likely cause where nothing follows. */
  readonly cause: string;
}

/** What usually stops a machine after each step. */
const EXPECTATIONS: ReadonlyMap<string, Expectation> = new Map<BootStep, Expectation>([
  [
    'dhcp',
    {
      within: 60,
      reached: 'it was given an address',
      cause:
        'its firmware did not take the boot file: another DHCP server may have answered too, or network boot is off for it',
    },
  ],
  [
    'loader',
    {
      within: 60,
      reached: 'it fetched its loader',
      cause:
        'the loader found no network: Secure Boot may have refused it, or the switch blocks the port for a while after each link-up (spanning tree)',
    },
  ],
  [
    'config',
    {
      within: 60,
      reached: 'its loader runs and fetched its configuration',
      cause: 'what that names cannot be fetched or started: see what stands on its screen',
    },
  ],
  [
    'script',
    { within: 60, reached: 'it fetched its script', cause: 'it cannot fetch Xen: see what stands on its screen' },
  ],
  [
    'xen',
    {
      within: 120,
      reached: 'it fetched Xen',
      cause: 'the fetch of the kernel stalled: the cable or the switch drops packets',
    },
  ],
  [
    'kernel',
    {
      within: 180,
      reached: 'it fetched the kernel',
      cause: 'the fetch of the initrd stalled: the cable or the switch drops packets',
    },
  ],
  [
    'initrd',
    {
      within: 180,
      reached: 'it fetched Xen, kernel and initrd',
      cause: 'Xen or Linux did not come up: too little memory, or see its serial console',
    },
  ],
  ['stage1 begin', { within: 60, reached: 'Linux started', cause: 'its network card has no driver in the initrd' }],
  ['stage1 net', { within: 120, reached: 'Linux found its network', cause: 'the fetch of the root stalled' }],
  [
    'stage1 fetch',
    {
      within: 600,
      reached: 'it began to fetch the root',
      cause: 'the fetch of the root stalled: the cable or the switch drops packets',
    },
  ],
  ['stage1 verify', { within: 180, reached: 'it fetched the root', cause: 'the root is damaged, or memory ran out' }],
  ['stage1 root', { within: 120, reached: 'it mounted the root', cause: 'memory ran out' }],
  [
    'stage1 switch',
    {
      within: 300,
      reached: 'it started the system in the root',
      cause: 'the agent does not start: see its serial console',
    },
  ],
  [
    'report',
    { within: 300, reached: 'its agent reported', cause: 'it is not healthy: see the problems of its report' },
  ],
]);

/** After these nothing is awaited: the host is up, a person is at the menu, or what was booted does not report to pxen. */
const RESTS: ReadonlySet<string> = new Set<BootStep>(['ready', 'menu', HANDED_OVER]);

/** What stage 1 says of itself when it cannot go on. */
const TROUBLE: ReadonlyMap<string, string> = new Map([
  ['stage1 retry', 'stage 1 tries again'],
  ['stage1 failed', 'stage 1 failed'],
]);

/** Of a machine that is still where its firmware went on without its loader. */
const UNSTARTED_SENTENCE =
  'stopped: it fetched its loader, then its firmware asked again and nothing was heard of the loader. ' +
  'Likely cause: Secure Boot is on and refuses a loader that is not signed; else the loader found no network.';

const isAtFirmware = ({ step, detail }: TimelineEntry): boolean =>
  step === UNSTARTED || step === 'loader' || (step === 'dhcp' && detail.startsWith('firmware'));

/**
 * The sentence for a machine whose boot stopped: the last good step and the likely cause; null while there is hope, and
 * for one that is ready. `now` in seconds as in the entries; `slowness` scales the waits for emulated machines.
 */
export function stoppedSentence(entries: readonly TimelineEntry[], now: number, slowness = 1): string | null {
  const trouble = entries.findLast(({ step }) => TROUBLE.has(step));
  if (entries[0]?.step === UNSTARTED && entries.every(isAtFirmware)) return UNSTARTED_SENTENCE;
  const last = entries.findLast((entry) => EXPECTATIONS.has(entry.step) || RESTS.has(entry.step));
  if (trouble !== undefined && (last === undefined || last.at <= trouble.at)) {
    return `${TROUBLE.get(trouble.step)}: ${trouble.detail}`;
  }
  const expectation = EXPECTATIONS.get(last?.step ?? '');
  if (last === undefined || expectation === undefined) return null;
  const silent = Math.round(now - last.at);
  if (silent <= expectation.within * slowness) return null;
  return `stopped: ${expectation.reached}, then nothing for ${silent} s. Likely cause: ${expectation.cause}.`;
}
