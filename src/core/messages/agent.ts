import type { Catalogue } from './catalogue.ts';

/** Messages of the program that runs on every host, and of the cluster service that it reports to. */
export const AGENT_MESSAGES = {
  AGENT_STARTED: {
    level: 'info',
    text: 'agent started on {name} ({place}), {seconds} s after Linux',
    meaning: 'The agent runs and begins to look at the machine.',
    action: 'none',
  },
  AGENT_READY: {
    level: 'info',
    text: 'host0 has acknowledged a healthy report, {seconds} s after Linux',
    meaning: 'The host belongs to the cluster and can be given VMs.',
    action: 'none',
  },
  AGENT_UNHEALTHY: {
    level: 'warning',
    text: 'this host is not healthy: {problems}',
    meaning: 'The host reports, but something on it does not work; no new VM is placed here.',
    action: 'Look at what is named; `systemctl --failed` and `xl info` on the host tell more.',
  },
  AGENT_SERVER_AWAY: {
    level: 'warning',
    text: 'host0 at {server} does not answer ({reason}); next try in {seconds} s',
    meaning: 'A report could not be delivered. VMs run on; reports go on until host0 is back.',
    action: 'See whether host0 runs and is reachable on the network.',
  },
  AGENT_SERVER_BACK: {
    level: 'info',
    text: 'host0 at {server} answers again',
    meaning: 'Reports are delivered again.',
    action: 'none',
  },
  AGENT_WARNED: {
    level: 'warning',
    text: 'host0 warns: {warning}',
    meaning: 'Something about the whole cluster wants a person; every host shows it on its consoles until it is over.',
    action: 'Do what the sentence says; `pxen status` repeats it.',
  },
  AGENT_STEP_DONE: {
    level: 'info',
    text: 'step {step} done: {said}',
    meaning: 'A step of the plan was carried out.',
    action: 'none',
  },
  AGENT_STEP_FAILED: {
    level: 'error',
    text: 'step {step} failed: {said}',
    meaning: 'A step of the plan could not be carried out. It is tried again a few times.',
    action: 'Remove the cause that is named.',
  },
  AGENT_TOOL_FAILED: {
    level: 'warning',
    text: 'looking at {what} failed: {reason}',
    meaning:
      'One of the tools by which the agent looks at the host did not answer as expected; that part of the report is empty.',
    action: 'Run the tool by hand on the host and see what it says.',
  },
  AGENT_WAKE_ARMED: {
    level: 'info',
    text: 'wake-on-LAN of {device} is {wake}',
    meaning: 'Whether the card will start this machine on a magic packet after it was switched off.',
    action: 'Where it is impossible though the card can: enable it in the firmware setup.',
  },
  AGENT_DRIVE_PULLED: {
    level: 'warning',
    text: 'the drive was pulled',
    meaning: 'The cluster runs on from RAM; no wish can be changed until the drive is back.',
    action: 'Put the drive back before this host is switched off.',
  },
  AGENT_DRIVE_BACK: {
    level: 'info',
    text: 'a drive is back at {device}',
    meaning: 'A device with the volume id of the drive was plugged in again.',
    action: 'none',
  },
  CLUSTER_REPORT: {
    level: 'debug',
    text: '{name} reported ({news}, counter {counter})',
    meaning: 'A report of an agent was taken in.',
    action: 'none',
  },
  CLUSTER_REPORT_REFUSED: {
    level: 'warning',
    text: 'a report from {from} was refused: {reason}',
    meaning: 'What came was no report of an agent of this release.',
    action: 'If that machine runs pxen: boot it again, so that it gets the release that is served.',
  },
  CLUSTER_PLAN: {
    level: 'info',
    text: 'plan {number}: {explanation}',
    meaning: 'The plan changed; each sentence says what is done on which host, and why a VM waits.',
    action: 'none',
  },
} as const satisfies Catalogue;
