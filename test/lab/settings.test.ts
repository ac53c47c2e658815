import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { Board } from '../../lab/board.ts';
import type { Machine } from '../../lab/machine.ts';
import { buildRack } from '../../lab/rack.ts';
import { fetchStatus } from '../../lab/status.ts';
import { findTools } from '../../lab/tools.ts';
import { dressDrive } from '../../src/build/dress.ts';
import { ensureDrive, ensureImage, readDriveFile } from '../../src/build/main.ts';
import type { HostReport } from '../../src/core/api/report.ts';
import { readOwnBlock } from '../../src/core/boot/ownBlock.ts';
import { OWN_BLOCK } from '../../src/core/image/layout.ts';
import { withAddons } from '../../src/core/cluster/addons.ts';
import { parseCluster } from '../../src/core/cluster/read.ts';
import { parseAddon } from '../../src/core/cluster/readAddon.ts';
import { run } from '../../src/shell/run.ts';
import { consoleOf } from '../fixtures/lab.ts';

/** What settings of cluster.yaml make of real hosts: one from the drive, one from the network. */

const MINUTES = 25;
const PATIENCE = { timeout: MINUTES * 60_000 };
const tell = (what: string): void => void process.stderr.write(`${what}\n`);

/** A unit of the administrator's own looks into its host and says on the console what it finds. */
const LOOK = `#!/bin/sh
say() { echo "look: $*" > /dev/console; }
say linux "$(cat /proc/cmdline)"
say xen "$(xl info | sed -n 's/^xen_commandline *: //p')"
say motd "$(cat /etc/motd), mode $(stat -c %a /etc/motd)"
say sysctl "$(cat /proc/sys/vm/swappiness)"
say module "$([ -d /sys/module/wireguard ] && echo loaded)"
say chrony "$(systemctl is-enabled chrony), $(systemctl is-active chrony)"
say tree "$(tree --version)"
say routed "$(cat /etc/routed.conf || echo missing), $(cat /proc/sys/net/ipv4/conf/all/rp_filter)"
say htop "$(htop --version || echo missing)"
say end
`;
const SETTINGS = [
  {
    kernelArgs: ['panic=30'],
    xenArgs: ['sched=credit'],
    files: [
      { path: '/etc/motd', from: 'motd', mode: '0640' },
      { path: '/opt/look', text: LOOK, mode: '0755' },
    ],
    units: {
      'look.service': {
        state: 'enabled',
        text: '[Unit]\nAfter=systemd-modules-load.service pxen-sysctl.service\n[Service]\nType=oneshot\nExecStart=/opt/look\n',
      },
      'nowhere.service': { state: 'enabled' },
      'chrony.service': { state: 'disabled' },
    },
    modules: ['wireguard', 'no_such_module'],
    sysctl: { 'vm.swappiness': 7, 'net.no_such_thing': 1 },
    packages: ['tree'],
  },
  { for: { name: 'bea', hardware: { firmware: 'bios', cpusAtLeast: 1, memoryAtLeast: '1GiB' } }, packages: ['htop'] },
];

/** For the host from the network, by its pool; of the sysctls one is set by cluster.yaml too. */
const ADDON = `description: what a router needs
files: [{ path: /etc/routed.conf, from: routed.conf }]
sysctl: { net.ipv4.conf.all.rp_filter: 2, vm.swappiness: 99 }
`;
const WISHES = {
  settings: SETTINGS,
  pools: { routers: { description: 'what routes', for: { name: 'bea' } } },
  addons: { router: { for: { pool: 'routers' } }, other: { enabled: false } },
  vms: [],
};

const APPLIED_IN_VAIN = [
  'unit nowhere.service enabled: there is no such unit on this host',
  'module no_such_module: it is not loaded: is there such a module?',
  'sysctl net.no_such_thing = 1: this kernel has no such parameter',
];

async function dressed(drive: string, plain: string): Promise<void> {
  const text = stringify({ ...parse(plain), ...WISHES });
  const folder = join(dirname(drive), 'wishes');
  const reading = parseCluster(text, 'cluster.yaml');
  assert.ok('cluster' in reading, JSON.stringify(reading));
  const addon = parseAddon(ADDON, 'addons/router/addon.yaml');
  assert.ok('addon' in addon, JSON.stringify(addon));
  await Promise.all(['overlay', 'addons/router'].map((name) => mkdir(join(folder, name), { recursive: true })));
  await writeFile(join(folder, 'overlay/motd'), 'welcome to the lab\n');
  await writeFile(join(folder, 'addons/router/addon.yaml'), ADDON);
  await writeFile(join(folder, 'addons/router/routed.conf'), 'by the add-on\n');
  const cluster = withAddons(reading.cluster, new Map([['router', addon.addon]]));
  await dressDrive(drive, { text, cluster, folder }, await ensureImage(tell), tell);
}

/** What the look said on a console, by its first word. */
async function lookOf(machine: Machine, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const said = consoleOf(machine).replaceAll('\r', '').split('\n');
    const lines = said.flatMap((line) => /look: (\w+) ?(.*)$/.exec(line)?.slice(1, 3) ?? []);
    const found = new Map(
      Array.from({ length: lines.length / 2 }, (_, at) => [lines[2 * at] ?? '', lines[2 * at + 1] ?? '']),
    );
    if (found.has('end')) return found;
    await sleep(500, undefined, { signal });
  }
}

/** The reports of both hosts, once they can tell what did not take. */
async function reportsAt(url: string, signal: AbortSignal): Promise<readonly HostReport[]> {
  for (;;) {
    const hosts = (await fetchStatus(url, signal))?.hosts ?? [];
    const reports = hosts.flatMap(({ report }) => report ?? []);
    if (reports.length === 2 && reports.every(({ notApplied }) => notApplied !== undefined)) return reports;
    await sleep(2000, undefined, { signal });
  }
}

test(
  'settings are on real hosts: arguments, files, units, modules, sysctls and packages, from the drive and the network',
  PATIENCE,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pxen-test-settings-'));
    const drive = await ensureDrive(tell);
    const board = new Board((machine, at, what) => tell(`${at.toFixed(1)} ${machine.spec.name} ${what}`));
    const tools = await findTools(run, 'bios');
    const options = { drive, writeClusterFile: dressed, hosts: 2, firmware: 'bios' as const };
    const rack = await buildRack(options, { run, tools, folder, events: board.events });
    const late = AbortSignal.timeout((MINUTES - 1) * 60_000);
    try {
      await rack.host0.powerOn();
      for (const machine of rack.machines) {
        const look = await lookOf(machine, late);
        const { name } = machine.spec;
        assert.match(look.get('linux') ?? '', / panic=30 /, name);
        assert.doesNotMatch(look.get('linux') ?? '', /panic=10/, name);
        assert.match(look.get('xen') ?? '', /sched=credit( |$)/, name);
        assert.equal(look.get('motd'), 'welcome to the lab, mode 640', name);
        assert.equal(look.get('sysctl'), '7', name);
        assert.equal(look.get('module'), 'loaded', name);
        assert.equal(look.get('chrony'), 'masked, inactive', name);
        assert.match(look.get('tree') ?? '', /^tree v2/, name);
        assert.equal(look.get('routed')?.startsWith('by the add-on, 2'), name === 'bea', look.get('routed'));
        assert.match(look.get('htop') ?? '', name === 'bea' ? /^htop 3/ : /^missing/, name);
      }
      for (const report of await reportsAt(rack.operator.url, late)) {
        assert.deepEqual(report.notApplied, APPLIED_IN_VAIN, report.host.name_label);
        assert.ok(report.applied?.includes('file /etc/motd from overlay/motd'));
        assert.match(report.arguments?.xen ?? '', /sched=credit/);
        assert.deepEqual(report.health, { ok: true, problems: [] });
      }
      const status = await fetchStatus(rack.operator.url, late);
      const bea = status?.hosts.find(({ name }) => name === 'bea');
      assert.ok(bea?.report);
      assert.deepEqual(bea.membership, { pool: 'routers', rule: 'pool.for' });
      assert.ok(bea.report.applied?.includes('add-on router: file /etc/routed.conf from addons/router/routed.conf'));
      const pools = status?.pools?.map(({ name_label, master }) => [name_label, master]);
      assert.deepEqual(pools, [['routers', bea.report.host.uuid]]);
      // The host from the drive was given what holds for all; since it came up, the block is its own.
      const block = readOwnBlock(await readDriveFile(rack.drive, OWN_BLOCK));
      assert.deepEqual([block?.board, block?.trial], [rack.host0.spec.uuid, 'y']);
    } finally {
      await rack.close();
    }
    await rm(folder, { recursive: true, force: true });
  },
);
