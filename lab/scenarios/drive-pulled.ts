import { Failure } from '../../src/shell/fail.ts';
import { allReady, statusWhere, woken, type Lab } from '../lab.ts';
import { wakeState } from '../switch/wake.ts';
import { guestOf } from './guest.ts';
import { startRack } from './once.ts';

/** The drive is pulled out of the running host0; a machine that was off until then still boots. */
export async function drivePulled(lab: Lab): Promise<void> {
  const { machines, host0 } = lab.rack;
  const late = machines.at(-1);
  if (late === undefined || late === host0) {
    throw new Failure('the scenario drive-pulled needs two machines', 'Ask for at least two with --hosts 2.', 2);
  }
  late.wake = wakeState('unarmed');
  await startRack(lab, machines.slice(0, -1));
  await host0.pullDrive();
  lab.say('the drive is pulled');
  await statusWhere(lab, 'drive pulled', ({ server }) => server.drive === 'pulled');
  late.wake = wakeState('armed');
  await woken(lab, late);
  await allReady(lab, machines);
  await statusWhere(
    lab,
    'guest',
    (status) => guestOf(status).running && status.hosts.every(({ state }) => state === 'ready'),
  );
}
