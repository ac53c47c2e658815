import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { clusterSchema } from '../src/core/cluster/schema.ts';
import { clusterFile, GUEST, OPERATOR, SERVICE_ADDRESS, SUBNET } from './clusterfile.ts';
import { inSubnet } from '../src/core/net/ipv4.ts';
import { machines } from './plan.ts';

const specs = (hosts: number) => machines({ hosts, firmware: 'mixed', drive: '/d', folder: (name) => `/${name}` });

test('is a cluster.yaml as the cluster reads it', () => {
  const cluster = clusterSchema.parse(parse(clusterFile(specs(3))));
  assert.deepEqual(
    cluster.hosts.map(({ mac, name, disks }) => [mac, name, disks.map(({ serial }) => serial)]),
    [
      ['52:54:00:00:00:01', 'ada', ['PXENDISK01']],
      ['52:54:00:00:00:02', 'bea', ['PXENDISK02']],
      ['52:54:00:00:00:03', 'cai', ['PXENDISK03']],
    ],
  );
  assert.deepEqual(cluster.networks['main']?.subnet, SUBNET);
  assert.deepEqual(cluster.vms, [
    {
      name: GUEST,
      cpus: 1,
      memory: 2 ** 28,
      disk: { size: 2 ** 30, sr: 'auto' },
      network: 'main',
      start: 'auto',
      image: 'hello',
    },
  ]);
});

test('the largest rack still has names that are DNS labels, and no two alike', () => {
  const { hosts } = clusterSchema.parse(parse(clusterFile(specs(30))));
  assert.equal(new Set(hosts.map(({ name }) => name)).size, 30);
  assert.equal(new Set(hosts.map(({ mac }) => mac)).size, 30);
});

test("the operator's addresses lie in the subnet and beside the service address", () => {
  const addresses = [SERVICE_ADDRESS, OPERATOR.host, OPERATOR.dns, OPERATOR.dhcpStart];
  assert.ok(addresses.every((address) => inSubnet(SUBNET, address)));
  assert.equal(new Set(addresses).size, 4);
});
