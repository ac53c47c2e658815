import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../../src/shell/run.ts';
import { Running } from './running.ts';
import { Segment, whyNot } from './segment.ts';
import { Served, serveCommand } from './serving.ts';

/** What stands against serving is said in a sentence with what to do, before anything is served. */

const skip = await whyNot(['setpriv', 'curl']);
const segment = new Segment('pxw');
const CLUSTER = 'version: 1\ncluster: { name: lab }\nnetworks: { main: { dhcp: full } }\n';
let served: Served;

before(async () => {
  if (skip !== false) return;
  await segment.make('10.96.0.1/24', '52:54:00:00:00:07');
  served = await Served.lay(segment.server, CLUSTER);
});

after(async () => {
  if (skip !== false) return;
  await served.end();
  await segment.remove();
});

/** Calls `pxen serve` where it cannot serve; gives what it said on standard error. */
async function refused(code: number, flags: readonly string[], dir = served.folder, as: readonly string[] = []) {
  const command = [...as, ...serveCommand(dir, '--no-https', ...flags)];
  const result = await segment.in(segment.server, command, { accept: [code], timeout: 30_000 });
  assert.doesNotMatch(result.stderr, /^ +at /m);
  return result.stderr;
}

/** A program that has a TCP or UDP port of all addresses. */
function holder(protocol: 'tcp' | 'udp', port: number): Running {
  const open =
    protocol === 'tcp'
      ? `require('node:net').createServer().listen(${port}, '0.0.0.0', told)`
      : `require('node:dgram').createSocket('udp4').bind(${port}, '0.0.0.0', told)`;
  return new Running(segment.server, [process.execPath, '-e', `const told = () => console.log('held'); ${open}`]);
}

test('a port that another program holds is said with the program and its process', { skip }, async () => {
  for (const [protocol, port] of [
    ['tcp', 80],
    ['udp', 67],
  ] as const) {
    const other = holder(protocol, port);
    await other.until('held');
    const said = await refused(1, []);
    await other.end();
    const sentence = `error: ${protocol.toUpperCase()} port ${port} of \\S+ is held by the program \\S+ \\(process \\d+\\)`;
    assert.match(said, new RegExp(`^${sentence}\nremedy: End it`, 'm'));
  }
});

test('an interface that is missing or has no address is said with those that there are', { skip }, async () => {
  const here = /remedy: .*net0 \(10\.96\.0\.1\/24\)/;
  assert.match(await refused(1, ['--interface', 'eth7']), /error: the interface eth7 is not on this machine/);
  assert.match(await refused(1, ['--interface', 'eth7']), here);
  assert.match(await refused(1, ['--address', '10.9.9.9']), /error: no interface .* has the address 10\.9\.9\.9/);
  await segment.in(segment.server, ['ip', 'link', 'add', 'bare0', 'type', 'bridge']);
  assert.match(
    await refused(1, ['--interface', 'bare0']),
    /error: .*bare0 has no IPv4 address\nremedy: .*ip address add/,
  );
  await segment.in(segment.server, ['ip', 'link', 'del', 'bare0']);
});

test('an ordinary user is told which right is missing', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-nobody-'));
  await writeFile(join(folder, 'cluster.yaml'), CLUSTER);
  await mkdir(join(folder, 'state'));
  for (const path of [folder, join(folder, 'state')]) await chmod(path, 0o777);
  const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--inh-caps=-all'];
  try {
    assert.match(await refused(1, [], folder, nobody), /error: .*(EPERM|EACCES)\nremedy: .*CAP_NET_BIND_SERVICE/);
    await chmod(join(folder, 'state'), 0o755);
    await rm(join(folder, 'state'), { recursive: true });
    await chmod(folder, 0o755);
    assert.match(
      await refused(1, [], folder, nobody),
      /error: the lease journal .* cannot be opened: EACCES\nremedy: /,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('every mistake of cluster.yaml is shown with line and caret, and ends with 2', { skip }, async () => {
  await served.edit(`${CLUSTER}hosts: [{ mac: nonsense }]\nvmss: []\n`);
  const said = await refused(2, []);
  assert.match(said, /^error: cluster\.yaml has mistakes\n/);
  assert.match(said, /^cluster\.yaml:4:16: [^\n]+\n +4 \| [^\n]+\n +\| +\^+\n +=/m);
  assert.match(said, /^cluster\.yaml:5:1: /m);
  await served.edit(CLUSTER);
});

test('a folder that is none, or has no cluster.yaml, is said with the way to make one', { skip }, async () => {
  assert.match(await refused(2, [], '/nowhere'), /error: there is no folder \/nowhere\nremedy: .*pxen serve --init/);
  assert.match(await refused(2, [], '/usr'), /error: there is no cluster\.yaml in \/usr\nremedy: .*pxen serve --init/);
});

test('a second server on one folder fails before it asks anybody, and names the first', { skip }, async () => {
  await served.start('--no-https');
  const pid = await served.pid();
  assert.match(await refused(1, []), new RegExp(`lease journal \\S+ is in use by process ${pid}\nremedy: `));
  await served.running?.end();
});

test('with `dhcp: auto` another DHCP server is noticed, and pxen gives no addresses beside it', { skip }, async () => {
  const other = await Served.lay(segment.client, CLUSTER);
  try {
    await segment.in(segment.client, ['ip', 'addr', 'add', '10.96.0.2/24', 'dev', Segment.interface]);
    await other.start('--no-https');
    await served.edit(CLUSTER.replace('full', 'auto'));
    const said = await refused(1, []);
    assert.match(said, /error: another DHCP server, 10\.96\.0\.2, gives addresses on net0\nremedy: .*dhcp: proxy/);
    await other.running?.end();
    const alone = await served.start('--no-https');
    assert.match(alone.said, /SERVE_AUTO network main: .* on net0; no other DHCP server answered/);
    await alone.end();
  } finally {
    await other.end();
  }
});

test(
  'F13: in a container with a network of its own, that broadcasts do not arrive is said at the start',
  { skip },
  async () => {
    await served.edit(CLUSTER);
    const mark = 'mount -t tmpfs none /run && touch /run/.containerenv && exec "$@"';
    const running = new Running(segment.server, ['sh', '-c', mark, 'sh', ...serveCommand(served.folder, '--no-https')]);
    await running.until('SERVE_READY');
    await running.end();
    assert.match(running.said, /SERVE_DEAF pxen runs in a container \(\w+\) .* does not arrive at net0/);
  },
);

test('--json says each message as an object; a bare folder says what it lacks', { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pxen-bare-'));
  await writeFile(
    join(folder, 'cluster.yaml'),
    `${CLUSTER}profiles: { own: { payload: { kind: linux, kernel: own/vmlinuz } } }\n`,
  );
  const running = new Running(segment.server, serveCommand(folder, '--no-https', '--json', '--http-port', '8080'));
  try {
    await running.until('SERVE_READY');
    const lines = running.said.trim().split('\n');
    const said = lines.map((line) => JSON.parse(line) as { id: string; level: string; text: string });
    const of = (id: string) => said.find((one) => one.id === id);
    assert.equal(of('SERVE_NO_FILE')?.level, 'error');
    assert.match(of('SERVE_NO_FILE')?.text ?? '', /boot\/own\/vmlinuz/);
    assert.match(of('SERVE_NO_RELEASE')?.text ?? '', /boot\/grubenv is missing/);
    assert.match(of('BOOT_SERVING')?.text ?? '', /net0 as 10\.96\.0\.1/);
    const { stdout } = await segment.in(segment.client, [
      'curl',
      '-sS',
      'http://10.96.0.1:8080/ipxe/52:54:00:00:00:08',
    ]);
    assert.match(stdout, /there is no release of pxen/);
    const https = await segment.in(segment.server, ['curl', '-sSk', 'https://10.96.0.1/'], { accept: [7] });
    assert.equal(https.code, 7);
  } finally {
    await running.end();
    await run(['rm', '-rf', folder]);
  }
});
