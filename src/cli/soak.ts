import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../shell/fail.ts';
import { run as runCommand } from '../shell/run.ts';
import type { Call } from './call.ts';
import { CHECKOUT } from './checks.ts';
import { willWrite } from './willWrite.ts';

/** `pxen soak`: bad input and bad weather for as long as one likes. It is a program of the tests, which no other room may load. */
export async function run({ values }: Call): Promise<number> {
  const program = join(CHECKOUT, 'test', 'soak', 'main.ts');
  if (!existsSync(program)) throw new Failure('a host has no pxen soak', 'Run it from a checkout of pxen.', 2);
  await willWrite(values['json']);
  const words = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  const { code } = await runCommand([process.execPath, program, ...words], { inherit: true, accept: [0, 1, 2] });
  return code;
}
