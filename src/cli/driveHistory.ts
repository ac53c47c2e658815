import { headOf } from '../core/identity/chain.ts';
import { changesOf } from '../core/state/changes.ts';
import { Failure } from '../shell/fail.ts';
import { readState } from '../shell/state.ts';
import type { Call } from './call.ts';
import { slotsOf, stateIn, stateText } from './driveState.ts';

/** `pxen drive history`: who changed what the drive remembers, when, and how; and its boots. */
export async function run(call: Call): Promise<number> {
  const { drive, slots } = await slotsOf(call);
  const state = stateIn(drive, await readState(slots));
  if (state === undefined) throw new Failure(`${drive} was never started and has no state`, 'Boot a machine from it.');
  const changes = changesOf(state);
  const { chain } = state;
  if (call.switches.has('json')) {
    const value = { schema: 'pxen.drive-history/1', drive: state.identity.drive, changes, boots: chain.stamps };
    process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    return 0;
  }
  const lines = changes.map(({ when, who, what }) => `${when}  ${who}  ${what}\n`);
  const last = chain.stamps.at(-1);
  const boots = last === undefined ? '' : `, the last of machine ${last.machine}`;
  process.stdout.write(`${stateText(state)}\n${lines.join('')}${headOf(chain).counter} boots${boots}\n`);
  return 0;
}
