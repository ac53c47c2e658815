import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLsblk } from '../core/discover/lsblk.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { FakeHostFiles } from '../shell/fake/host-files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { fakeRun, type Answers } from '../shell/fake/run.ts';
import { DriveWatch } from './drive.ts';
import { beginHost0, untilItServes } from './host0.ts';
import { identify, named } from './identify.ts';

const FACTS = "PXEN_BOOT='drive'\nPXEN_SERVER=''\nPXEN_MAC='52:54:00:00:00:01'\nPXEN_RELEASE='r1'\n";
const HOST: Record<string, string> = {
  '/run/pxen/boot.env': FACTS,
  '/proc/cmdline': 'console=hvc0 pxen.drive=1A2B-3C4D pxen.release=r1 pxen.slowness=8\n',
};
const START = 'systemctl start --no-block pxen-host0.service';

function host(files: Record<string, string> = {}, tools: Answers = { systemctl: '' }) {
  const asked: string[] = [];
  const memory = new FakeHostFiles({ ...HOST, ...files });
  const machine = { run: fakeRun(tools, asked), files: memory, clock: new FakeClock(), log: new FakeLog() };
  return { machine, asked, memory, log: machine.log, clock: machine.clock };
}

test('works: the boot server is told what the boot knows, and begins', async () => {
  const { machine, asked, memory } = host();
  await beginHost0(machine);
  assert.deepEqual(asked, [START]);
  assert.equal(
    memory.texts.get('/run/pxen/host0.env'),
    "PXEN_HOST0_MORE='--release r1 --device /dev/disk/by-uuid/1A2B-3C4D --slowness 8'\n",
  );
});

test('an agent that began anew changes nothing about a service that runs', async () => {
  const { machine, asked, memory } = host({ '/run/pxen/host0.env': 'before' });
  await beginHost0(machine);
  assert.deepEqual([asked, memory.texts.get('/run/pxen/host0.env')], [[START], 'before']);
});

test('a host that was booted over the network serves nothing, and neither does one without facts', async () => {
  for (const text of [FACTS.replace('drive', 'network'), '']) {
    const { machine, asked, memory } = host({ '/run/pxen/boot.env': text });
    await beginHost0(machine);
    assert.deepEqual([asked, memory.texts.has('/run/pxen/host0.env')], [[], false]);
  }
});

test('broken: what systemd refuses stands on the console, and is tried again', async () => {
  const tools: Record<string, string | Error> = { systemctl: new Error('no such unit') };
  const { machine, asked, memory, log, clock } = host({}, tools);
  const begun = beginHost0(machine);
  await clock.pass(10_500);
  assert.deepEqual(asked, [START, START]);
  assert.equal(log.of('AGENT_HOST0_FAILED').length, 2);
  assert.deepEqual(memory.poked[0], ['/dev/console', 'pxen: host0 cannot serve: no such unit\n']);
  tools['systemctl'] = '';
  await clock.pass(10_000);
  await begun;
});

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
