import { createServer, type AddressInfo } from 'node:net';
import { subnetText } from '../src/core/net/ipv4.ts';
import { Failure } from '../src/shell/fail.ts';
import { OPERATOR, SERVICE_ADDRESS, SUBNET } from './clusterfile.ts';
import { hubArguments } from './hub.ts';
import { startQemu, type QemuProcess } from './shell/qemu.ts';

/** A port of 127.0.0.1 that is free: `wanted`, or any. */
export async function freePort(wanted?: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', (error) => reject(portTaken(wanted ?? 0, error)));
  server.listen(wanted ?? 0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
  return promise;
}

const portTaken = (port: number, error: Error): Failure =>
  new Failure(
    `port ${port} of 127.0.0.1, the operator's way into the rack, cannot be used: ${error.message}`,
    'End the program that uses it, or choose another with --port.',
    1,
    error,
  );

/** The way into the rack: QEMU's user network. Only what the operator asks passes (`restrict`). */
export function operatorArguments(port: number, socket: string): string[] {
  const { host, dns, dhcpStart } = OPERATOR;
  const addresses = `net=${subnetText(SUBNET)},host=${host},dns=${dns},dhcpstart=${dhcpStart},ipv6=off,restrict=on`;
  return hubArguments('operator', socket, `user,${addresses},hostfwd=tcp:127.0.0.1:${port}-${SERVICE_ADDRESS}:80`);
}

export interface Operator {
  readonly url: string;
  readonly process: QemuProcess;
}

/** Joins `port` of 127.0.0.1 to port 80 of the service address. The switch must listen at `socket` already. */
export async function openOperator(qemu: string, socket: string, wanted?: number): Promise<Operator> {
  const port = await freePort(wanted);
  return {
    url: `http://127.0.0.1:${port}`,
    process: startQemu(qemu, operatorArguments(port, socket), () => undefined),
  };
}
