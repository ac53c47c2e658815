import { writeFile } from 'node:fs/promises';
import { Failure } from '../shell/fail.ts';
import type { Call } from './call.ts';
import { builtDrive } from './driveBuild.ts';

/** `pxen bench boot`: measures beside a peer in the same run. */
export async function run(call: Call): Promise<number> {
  const [name = 'boot'] = call.words;
  if (name !== 'boot') throw new Failure(`there is no bench ${name}`, 'Name one of: boot.', 2);
  const { install, thisMachine } = await import('../shell/install.ts');
  await install(['lab', 'image'], thisMachine(call.switches.has('yes')));
  const { benchBoot, benchText } = await import('../../bench/main.ts');
  const figures = await benchBoot(await builtDrive(call), Number(call.values['rounds'] ?? 3), (line) =>
    process.stderr.write(`${line}\n`),
  );
  const { json } = call.values;
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, undefined, 2)}\n`);
  process.stdout.write(benchText(figures));
  return 0;
}
