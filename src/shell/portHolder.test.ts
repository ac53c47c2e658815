import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ip } from '../../test/fixtures/dhcp.ts';
import { Failure } from './fail.ts';
import { portInUse } from './portHolder.ts';
import { openUdp } from './udp.ts';

/** A program that holds a UDP and a TCP port of 127.0.0.1, and prints them. */
const HOLDER = `
const udp = require('node:dgram').createSocket('udp4').bind(0, '127.0.0.1', () => {
  const tcp = require('node:net').createServer().listen(0, '127.0.0.1', () =>
    console.log(udp.address().port + ' ' + tcp.address().port));
});`;

test('a port that another program holds is said with its name and process', async (context) => {
  const holder = spawn(process.execPath, ['-e', HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => holder.kill());
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  const [udp, tcp] = String(line).trim().split(' ').map(Number) as [number, number];
  const failure = await portInUse('tcp', tcp, '127.0.0.1');
  assert.match(
    failure.message,
    new RegExp(`^TCP port ${tcp} of 127.0.0.1 is held by the program \\S+ \\(process ${holder.pid}\\)$`),
  );
  await assert.rejects(openUdp({ port: udp, address: ip('127.0.0.1') }), (error) => {
    assert.ok(error instanceof Failure);
    return error.message.includes(`(process ${holder.pid})`) && error.remedy.includes(`kill ${holder.pid}`);
  });
});

test('a port whose holder cannot be seen is said with the way to find it', async (context) => {
  const own = createSocket('udp4').bind(0, '127.0.0.1');
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => (own.close(), server.close()));
  await Promise.all([once(own, 'listening'), once(server, 'listening')]);
  const failure = await portInUse('udp', own.address().port, 'net0');
  assert.match(`${failure.message} ${failure.remedy}`, /is in use .*`ss -lunp`/);
  const { port } = server.address() as AddressInfo;
  assert.match((await portInUse('tcp', port, 'net0')).remedy, /`ss -ltnp`/);
});
