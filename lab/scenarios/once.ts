import { allReady, statusWhere, woken, type Lab } from '../lab.ts';
import { guestOf } from './guest.ts';

/** host0 is switched on, wakes the others; all become ready, and the guest runs and speaks. */
export async function once(lab: Lab): Promise<void> {
  await startRack(lab, lab.rack.machines);
  await statusWhere(lab, 'guest', (status) => guestOf(status).running && guestOf(status).boot >= 1);
  lab.say('the guest runs');
}

/** Switches host0 on and waits until it has woken the others among `machines` and all are ready. */
export async function startRack(lab: Lab, machines: readonly Lab['rack']['host0'][]): Promise<void> {
  const { host0 } = lab.rack;
  await host0.powerOn();
  await allReady(lab, [host0]);
  for (const machine of machines) if (machine !== host0) await woken(lab, machine);
  await allReady(lab, machines);
  // The boot server counts a host as ready when it has its healthy report.
  const names = machines.map(({ spec }) => spec.name);
  await statusWhere(lab, 'status', ({ hosts }) =>
    names.every((name) => hosts.some((host) => host.name === name && host.state === 'ready' && host.report !== null)),
  );
}
