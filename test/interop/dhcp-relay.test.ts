import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { run } from '../../src/shell/run.ts';
import { layDrive, removeDrive, Running, startServer } from './running.ts';
import { whyNot } from './segment.ts';

/** The real DHCP server behind ISC's relay agent: client, relay and server in namespaces of their own. */

const CLUSTER = `version: 1
cluster: { name: lab }
networks:
  main: { subnet: 10.99.0.0/24 }
  far: { subnet: 10.98.0.0/24, gateway: 10.98.0.1, pools: [10.98.0.100-10.98.0.109], relays: [10.98.0.1] }
`;
const skip = await whyNot(['udhcpc', 'dhcrelay']);
const [server, relay, client] = ['s', 'r', 'c'].map((one) => `pxr${process.pid}${one}`) as [string, string, string];
let drive = { folder: '', script: '' };
let serving: Running;

const ip = (words: string) => run(['ip', ...words.split(' ')]);
const udhcpc = () => ip(`netns exec ${client} udhcpc -i eth0 -n -q -t 5 -s ${drive.script}`);

before(async () => {
  if (skip !== false) return;
  drive = await layDrive(CLUSTER);
  const steps = [
    ...[server, relay, client].map((space) => `netns add ${space}`),
    `link add eth0 netns ${server} type veth peer name up0 netns ${relay}`,
    `link add eth0 netns ${client} type veth peer name down0 netns ${relay}`,
    `-n ${server} addr add 10.99.0.1/24 dev eth0`,
    `-n ${relay} addr add 10.99.0.2/24 dev up0`,
    `-n ${relay} addr add 10.98.0.1/24 dev down0`,
    ...[`${server} link set eth0`, `${relay} link set up0`, `${relay} link set down0`, `${client} link set eth0`].map(
      (link) => `-n ${link} up`,
    ),
    `-n ${server} route add 10.98.0.0/24 via 10.99.0.2`,
  ];
  for (const step of steps) await ip(step);
  serving = await startServer(server, drive.folder, 'eth0', '10.99.0.1/24');
});

after(async () => {
  if (skip !== false) return;
  await serving.end();
  for (const space of [server, relay, client]) await run(['ip', 'netns', 'del', space], { accept: [0, 1] });
  await removeDrive(drive.folder);
});

for (const agent of [[], ['-a', '-D']]) {
  const how = agent.length > 0 ? 'with option 82' : 'without option 82';
  test(`D1: a client behind dhcrelay, ${how}, gets an address of its own subnet`, { skip }, async () => {
    const words = ['-4', '-d', ...agent, '-id', 'down0', '-iu', 'up0', '10.99.0.1'];
    const relaying = new Running(relay, ['dhcrelay', ...words]);
    try {
      await relaying.until('Sending on   Socket/fallback');
      assert.match((await udhcpc()).stdout, /^10\.98\.0\.10\d\/24 /m);
    } finally {
      await relaying.end();
    }
  });
}
