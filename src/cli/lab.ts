import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCENARIOS, type Firmware, type LabOptions, type ScenarioName } from '../../lab/options.ts';
import { Failure } from '../shell/fail.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { willWrite } from './willWrite.ts';

/** `pxen lab`: from a bare machine to a rack that runs. */
export async function run(call: Call): Promise<number> {
  await willWrite(call.values['json'], call.values['picture']);
  await install(['lab', 'image'], thisMachine(call.switches.has('yes')));
  const { ensureDrive, writeClusterFile } = await import('../build/main.ts');
  const { runLab } = await import('../../lab/main.ts');
  const drive = await withProgress((step) => ensureDrive(step));
  const { ok } = await runLab({ ...(await optionsOf(call)), drive, image: drive.image, writeClusterFile });
  return ok ? 0 : 1;
}

async function optionsOf({
  switches,
  values,
}: Call): Promise<Omit<LabOptions, 'drive' | 'image' | 'writeClusterFile'>> {
  return {
    hosts: Number(values['hosts'] ?? 3),
    firmware: firmwareOf(values['firmware']),
    scenario: scenarioOf(values['scenario']),
    // A rack that stays up is given more time than one that somebody waits for.
    timeoutSeconds: Number(values['timeout'] ?? (switches.has('once') ? 600 : 3600)),
    headless: switches.has('headless'),
    once: switches.has('once'),
    keep: switches.has('keep'),
    workdir: await mkdtemp(join(tmpdir(), 'pxen-lab-')),
    ...(values['json'] === undefined ? {} : { jsonFile: values['json'] }),
    ...(values['picture'] === undefined ? {} : { picture: pictureOf(values['picture'], switches) }),
  };
}

/** A picture shows lines; on a terminal the same ones are drawn again and again. */
function pictureOf(file: string, switches: Call['switches']): NonNullable<LabOptions['picture']> {
  if (!switches.has('headless')) throw new Failure('--picture needs plain lines', 'Give --headless too.', 2);
  const words = process.argv.slice(2).filter((word, at, all) => word !== '--picture' && all[at - 1] !== '--picture');
  return { file, call: `./pxen ${words.join(' ')}` };
}

// The table of options has refused every other word already.
const firmwareOf = (word = 'mixed'): Firmware => (word === 'uefi' || word === 'bios' ? word : 'mixed');
const scenarioOf = (word = 'once'): ScenarioName => SCENARIOS.find((name) => name === word) ?? 'once';
