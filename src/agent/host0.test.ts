import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLsblk } from '../core/discover/lsblk.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeRun } from '../shell/fake/run.ts';
import { DriveWatch } from './drive.ts';
import { untilItServes } from './host0.ts';
import { identify, named } from './identify.ts';

const FACTS = "PXEN_BOOT='drive'\nPXEN_SERVER=''\nPXEN_MAC='52:54:00:00:00:01'\nPXEN_RELEASE='r1'\n";
const HOST: Record<string, string> = {
  '/run/pxen/boot.env': FACTS,
  '/proc/cmdline': 'console=hvc0 pxen.drive=1A2B-3C4D pxen.release=r1 pxen.slowness=8\n',
};

function host() {
  const memory = new FakeHostFiles(HOST);
  const machine = { run: fakeRun({}, []), files: memory, clock: new FakeClock(), log: new FakeLog() };
  return { machine, memory, log: machine.log, clock: machine.clock };
}

test('the agent waits for what its boot server says: its name, its cluster, the address', async () => {
  const { machine, memory, clock } = host();
  const found = await identify(machine);
  const serving = untilItServes(machine);
  await clock.pass(3000);
  memory.texts.set('/run/pxen/boot.env', `${FACTS}PXEN_SERVER='10.1.2.1'\nPXEN_NAME='ada'\nPXEN_CLUSTER='lab'\n`);
  await clock.pass(1000);
  const { name, cluster, server, place } = named(found, await serving);
  assert.deepEqual([name, cluster, server, place], ['ada', 'lab', '10.1.2.1', 'host0']);
});

test('a pulled drive is noticed, and its return', async () => {
  const { machine, log } = host();
  const watch = new DriveWatch(machine, await identify(machine));
  const drive =
    '{"blockdevices":[{"path":"/dev/sdc1","type":"part","size":1,"fstype":"vfat","uuid":"1A2B-3C4D","mountpoints":[]}]}';
  const see = (text: string): void => watch.see({ devices: parseLsblk(text), pvs: [], lvs: [] });
  see(drive);
  see('{"blockdevices":[]}');
  see('{"blockdevices":[]}');
  see(drive.replace('sdc1', 'sdd1'));
  assert.deepEqual(
    log.said.map(({ id }) => id),
    ['AGENT_DRIVE_PULLED', 'AGENT_DRIVE_BACK'],
  );
});
