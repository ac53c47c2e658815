import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DECODERS, Fallen, stands } from './decoders.ts';
import { emptyReport, reportText, soakReport, type Tally } from './report.ts';
import { soakRound } from './round.ts';
import { Shower } from './server.ts';

/** What `pxen soak` runs: round after round of bad input and bad weather, until its time is over. */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    replay: { type: 'string' },
    keep: { type: 'string', default: 'soak-failures' },
  },
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MB of what is still in use. */
function liveHeap(): number {
  collect();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}

/** Gives an input back to its reader. */
async function replay(file: string): Promise<number> {
  const kept = JSON.parse(await readFile(file, 'utf8')) as { target: string; hex: string; seed: number };
  const decoder = DECODERS.find(({ name }) => name === kept.target);
  if (decoder === undefined) {
    process.stdout.write(`${kept.target} takes more than one input: pxen soak --seed ${kept.seed} --rounds 1\n`);
    return 2;
  }
  try {
    const taken = stands(decoder, Buffer.from(kept.hex, 'hex'));
    process.stdout.write(`${kept.target} ${taken ? 'takes' : 'refuses'} it\n`);
    return 0;
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function keep(tally: Tally, seed: number, target: string, error: unknown): Promise<void> {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hex = error instanceof Fallen ? Buffer.from(error.bytes).toString('hex') : '';
  const file = join(values.keep, `${target.replaceAll(/\W+/g, '-')}-${seed}.json`);
  await mkdir(values.keep, { recursive: true });
  await writeFile(file, `${JSON.stringify({ target, seed, hex, why }, undefined, 2)}\n`);
  const again = hex === '' ? `pxen soak --seed ${seed} --rounds 1` : `pxen soak --replay ${file}`;
  tally.failures.push({ target, seed, why, file: `${file}: ${again}` });
  process.stderr.write(`\nFAILED ${target}: ${why.split('\n', 1)[0] ?? ''}\n  again: ${again}\n`);
}

async function soak(): Promise<number> {
  const seed = Number(values.seed);
  const most = values.rounds === undefined ? Infinity : Number(values.rounds);
  const longest =
    values.minutes === undefined ? (most === Infinity ? 60_000 : Infinity) : Number(values.minutes) * 60_000;
  const tally = emptyReport(seed);
  const began = performance.now();
  let shower = await Shower.start();
  for (let round = 0; round < most && performance.now() - began < longest; round += 1) {
    const failed = (target: string, error: unknown): Promise<void> => keep(tally, seed + round, target, error);
    // What nobody waits for must not fail unheard.
    const unheard = (error: unknown): void => void failed('server', error);
    process.on('unhandledRejection', unheard);
    // A round that was made from its seed alone can be made again from it: now and then a server that is new.
    if (round % 25 === 0) {
      await shower.stop();
      shower = await Shower.start();
    }
    await soakRound(seed + round, shower, tally, failed);
    process.off('unhandledRejection', unheard);
    tally.rounds += 1;
    tally.growth.heap.last = liveHeap();
    if (round === 0) tally.growth.heap.first = tally.growth.heap.last;
    progress(tally, performance.now() - began);
  }
  await shower.stop();
  tally.seconds = Math.round((performance.now() - began) / 100) / 10;
  process.stderr.write('\n');
  process.stdout.write(reportText(soakReport.parse(tally)));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(tally, undefined, 2)}\n`);
  return tally.failures.length === 0 ? 0 : 1;
}

function progress({ rounds, worlds, failures }: Tally, milliseconds: number): void {
  const line = `round ${rounds}, ${worlds.count} worlds, ${failures.length} failed, ${Math.round(milliseconds / 1000)} s`;
  process.stderr.write(process.stderr.isTTY ? `\r${line} ` : rounds % 20 === 0 ? `${line}\n` : '');
}

process.exitCode = values.replay === undefined ? await soak() : await replay(values.replay);
