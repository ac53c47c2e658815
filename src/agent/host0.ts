import { factsText, parseFacts } from '../core/discover/proc.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import { PATHS, type Machine } from './machine.ts';

/** The unit that runs the boot server and the cluster service; reads `PATHS.host0`. */
const UNIT = 'pxen-host0.service';
/** Milliseconds until a host that could not start the service tries again. */
const AGAIN = 10_000;
/** Milliseconds between two looks at whether it serves. */
const LOOK = 500;

type Facts = Readonly<Record<string, string>>;

/**
 * On a host that was booted from the drive: lets the boot server begin. Until it serves, no other machine can boot, so
 * this comes before all else and does not give up. An agent that began anew changes nothing about a service that runs.
 */
export async function beginHost0(machine: Machine): Promise<void> {
  const { files, run, log, clock } = machine;
  if (parseFacts((await files.read(PATHS.facts)) ?? '')['PXEN_BOOT'] !== 'drive') return;
  for (;;) {
    try {
      if (!(await files.exists(PATHS.host0))) await files.write(PATHS.host0, await serviceFacts(machine));
      await run(['systemctl', 'start', '--no-block', UNIT]);
      return;
    } catch (error) {
      log.say('AGENT_HOST0_FAILED', { reason: sentenceOf(error) });
      await sayOnConsole(files, `pxen: host0 cannot serve: ${sentenceOf(error)}`);
      await clock.sleep(AGAIN);
    }
  }
}

/** What `pxen host0` is told beside its folder and interface. None of it holds a space. */
async function serviceFacts({ files }: Machine): Promise<string> {
  const given = parseFacts((await files.read(PATHS.facts)) ?? '');
  const words = ((await files.read('/proc/cmdline')) ?? '').trim().split(/\s+/);
  const argument = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const flag = (name: string, value: string | undefined): string[] => (value ? [`--${name}`, value] : []);
  const volume = argument('pxen.drive');
  const more = [
    ...flag('release', given['PXEN_RELEASE']),
    // udev's link, since a drive that is put back may come up under another name.
    ...flag('device', volume && `/dev/disk/by-uuid/${volume}`),
    ...flag('slowness', argument('pxen.slowness')),
  ];
  return factsText({ PXEN_HOST0_MORE: more.join(' ') });
}

/** Waits until the boot server of this host serves, and gives what it wrote: who this host is, and its address. */
export async function untilItServes({ files, clock }: Machine): Promise<Facts> {
  for (;;) {
    const facts = parseFacts((await files.read(PATHS.facts)) ?? '');
    if (facts['PXEN_SERVER']) return facts;
    await clock.sleep(LOOK);
  }
}
