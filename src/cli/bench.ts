import { writeFile } from 'node:fs/promises';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { builtDrive } from './driveBuild.ts';
import { willWrite } from './willWrite.ts';

const LIST = `pxen bench NAME measures beside peers, in turn, in one run:
  boot   host0 until ready, beside a bare Xen + systemd boot of the same packages
  dhcp   exchanges a second and a rack that switches on at once, beside Kea and dnsmasq
  tftp   one client and many, near, far and with loss, beside tftpd-hpa, atftpd and dnsmasq
  http   one stream and many, processor time and memory, beside nginx
`;

/** `pxen bench NAME`: measures beside peers in the same run. */
export async function run(call: Call): Promise<number> {
  const [name] = call.words;
  if (name === undefined) {
    process.stdout.write(LIST);
    return 0;
  }
  const { isPeerBench } = await import('../../bench/main.ts');
  if (name !== 'boot' && !isPeerBench(name))
    throw new Failure(`there is no bench ${name}`, 'Name one of: boot, dhcp, tftp, http.', 2);
  await willWrite(call.values['json'], call.values['svg']);
  return name === 'boot' ? bootBench(call) : peerBench(call, name);
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

async function bootBench(call: Call): Promise<number> {
  await installFor(call, ['lab', 'image']);
  const { benchBoot, benchText } = await import('../../bench/main.ts');
  const figures = await benchBoot(await builtDrive(call), Number(call.values['rounds'] ?? 3), tell);
  await keepJson(call, figures);
  process.stdout.write(benchText(figures));
  return 0;
}

async function peerBench(call: Call, name: 'dhcp' | 'tftp' | 'http'): Promise<number> {
  await installFor(call, ['bench']);
  const { benchBeside, plot, resultText } = await import('../../bench/main.ts');
  const result = await benchBeside(name, { quick: call.switches.has('quick'), tell });
  await keepJson(call, result);
  if (call.values['svg'] !== undefined) await writeFile(call.values['svg'], plot(result));
  process.stdout.write(resultText(result));
  return 0;
}

async function installFor(call: Call, purposes: readonly ('lab' | 'image' | 'bench')[]): Promise<void> {
  const { install, thisMachine } = await import('../shell/install.ts');
  await install(purposes, thisMachine(call.switches.has('yes')));
}

async function keepJson({ values }: Call, figures: unknown): Promise<void> {
  const { json } = values;
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, undefined, 2)}\n`);
}
