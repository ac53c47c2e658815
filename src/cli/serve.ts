import { resolve } from 'node:path';
import { parseIpv4, type Ipv4 } from '../core/net/ipv4.ts';
import { parseServiceAddress } from '../core/plan/serviceAddress.ts';
import { serve, type ServeArguments } from '../host0/serve.ts';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { notOnHosts } from './notOnHosts.ts';

/** `pxen serve`: the boot server on any machine; ends when it is told to. */
export async function run(call: Call): Promise<number> {
  const dir = resolve(call.words[0] ?? '.');
  if (!call.switches.has('init')) return serve(argumentsOf(dir, call));
  const { makeFolder } = await import('./serveInit.ts').catch((thrown: unknown) => {
    throw notOnHosts('serve --init', thrown);
  });
  return makeFolder(dir);
}

function argumentsOf(dir: string, { values, switches }: Call): ServeArguments {
  return {
    dir,
    interfaces: listOf(values['interface']),
    addresses: listOf(values['address']).map((text) => addressOf(text)),
    release: values['release'],
    journal: values['journal'] === undefined ? undefined : resolve(values['journal']),
    httpPort: portOf(values, 'http-port', 80),
    https: switches.has('no-https') ? undefined : httpsOf(values),
    verbose: switches.has('verbose'),
    json: switches.has('json'),
  };
}

type Values = Call['values'];

function httpsOf(values: Values): ServeArguments['https'] {
  const [cert, key] = [values['tls-cert'], values['tls-key']];
  if ((cert === undefined) !== (key === undefined))
    throw new Failure('a certificate and its key go together', 'Give both --tls-cert and --tls-key.', 2);
  const files = cert === undefined || key === undefined ? undefined : ([resolve(cert), resolve(key)] as const);
  return { port: portOf(values, 'https-port', 443), files };
}

const listOf = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);

function addressOf(text: string): Ipv4 {
  const address = parseIpv4(text) ?? parseServiceAddress(text)?.address;
  if (address === undefined)
    throw new Failure(`--address cannot be ${text}`, 'Give an address of this machine, such as 10.20.30.1.', 2);
  return address;
}

function portOf(values: Values, name: string, otherwise: number): number {
  const port = Number(values[name] ?? otherwise);
  if (port > 65_535) throw new Failure(`--${name} cannot be ${port}`, 'A port is a number from 1 to 65535.', 2);
  return port;
}
