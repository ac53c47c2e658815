import { statusWhere, type Lab } from '../lab.ts';
import { guestOf } from './guest.ts';
import { once, startRack } from './once.ts';

/** All machines lose power at once; host0 alone is switched on, and everything comes back, the guest's disk too. */
export async function powerCut(lab: Lab): Promise<void> {
  await once(lab);
  const { machines } = lab.rack;
  const before = await statusWhere(lab, 'guest', (status) => guestOf(status).boot >= 1);
  await Promise.all(machines.map((machine) => machine.powerCut()));
  lab.say('power is cut everywhere');
  await startRack(lab, machines);
  await statusWhere(lab, 'guest after the power cut', (status) => {
    const guest = guestOf(status);
    return guest.running && guest.boot > guestOf(before).boot && guest.linesKept >= 1;
  });
  lab.say("the guest is back, and so is its disk's content");
}
