import type { Catalogue } from './catalogue.ts';

/** Messages of the state that a drive keeps. */
export const STATE_MESSAGES = {
  STATE_FIRST_START: {
    level: 'info',
    text: 'first start of this drive: cluster {cluster}, drive {drive}',
    meaning: 'The drive was never started before; it has made the keys and the id of its cluster.',
    action: 'none',
  },
  STATE_READ: {
    level: 'info',
    text: 'drive {drive} of cluster {cluster}, generation {generation}, boot {boot}',
    meaning: 'The state that the drive keeps was read, and this boot was added to it.',
    action: 'none',
  },
  STATE_SLOT_DAMAGED: {
    level: 'warning',
    text: '{slot} of the drive holds no good record: {why}',
    meaning:
      'A power cut while it was written leaves this; the other slot is in force. The next record is written there.',
    action:
      'If it comes again with every start: the drive is failing, save its state (pxen drive export) and write another one.',
  },
  STATE_UNUSABLE: {
    level: 'error',
    text: 'the state of the drive cannot be used: {why}',
    meaning:
      'Machines boot all the same, but nothing is remembered over a power cut, and nothing is written to the drive.',
    action: 'Look at the reason; a new drive takes over what `pxen drive export` saved.',
  },
  STATE_NOT_KEPT: {
    level: 'error',
    text: 'the state could not be written to the drive: {why}',
    meaning: 'What was in force on the drive before is in force there still; what happened since is in RAM only.',
    action: 'Put the drive back, or write another one and import the state that was exported.',
  },
  STATE_LAST_GOOD: {
    level: 'error',
    text: 'cluster.yaml cannot be used, the last good version of it is in force: {mistake}',
    meaning: 'The file is missing, unreadable or has mistakes. The drive keeps the last version that had none.',
    action: 'Correct the file at the line and column that the message names: pxen check FILE.',
  },
  STATE_WISH: {
    level: 'info',
    text: 'cluster.yaml was changed by {who}: {what}; it is safe on the drive',
    meaning: 'A command changed what the cluster wants. The file, its history and the slots of the drive have it.',
    action: 'none',
  },
  STATE_BY_HAND: {
    level: 'info',
    text: '{name} was changed on the drive by hand',
    meaning: 'The drive was put back with another file, or somebody edited it while it was plugged in; it is read now.',
    action: 'none',
  },
  STATE_NOT_TAKEN: {
    level: 'warning',
    text: 'what was written to the drive cannot be looked at: {why}',
    meaning: 'Something was written to the drive, but not by host0. What is in force stays in force.',
    action: 'Do what the sentence says; a drive of another cluster is not looked into.',
  },
  STATE_MENDED: {
    level: 'warning',
    text: 'the power failed while {name} was being written; it is whole again, as it was to become',
    meaning: 'The version that was being written stood in a slot of the drive. What was torn stands in the history.',
    action: 'See whether it is what you want: pxen config diff.',
  },
  STATE_NOT_MENDED: {
    level: 'error',
    text: 'cluster.yaml of the drive is torn and could not be mended: {why}',
    meaning: 'Its last version is in force; it is tried again at the next start.',
    action: 'Look at the reason; if the drive fails, write another one.',
  },
  STATE_NO_CONTROL: {
    level: 'warning',
    text: 'commands on this host cannot change cluster.yaml: {why}',
    meaning: 'The socket that they use could not be opened; everything else works.',
    action: 'Look at the reason, then restart pxen-host0.service.',
  },
} as const satisfies Catalogue;
