import { install, thisMachine } from '../shell/install.ts';
import { Failure } from '../shell/fail.ts';
import { nearest } from '../core/cluster/near.ts';
import type { Call } from './call.ts';
import { RINGS, type Ring } from './rings.ts';
import { Tally } from './tally.ts';

/** `pxen test`: all rings, innermost first, or the ones named. The last line is `N passed, N failed`. */
export async function run({ words, switches, values }: Call): Promise<number> {
  const rings = chosen([...words, ...(values['ring'] === undefined ? [] : [values['ring']])], values['ring']);
  const tally = new Tally((text) => process.stdout.write(text), process.env['CI'] === 'true');
  const machine = thisMachine(switches.has('yes'));
  const ending = untilEnded();
  for (const ring of rings) {
    if (ending.aborted) break;
    tally.begin(ring.name);
    await prepared(ring, tally, () => install(ring.needs ?? [], machine), ending);
    tally.end();
  }
  tally.total();
  return tally.failed === 0 ? 0 : 1;
}

/** Aborted by the first signal that asks us to end; what runs is then ended in order. A second one ends us at once. */
function untilEnded(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => ending.abort(`it was ended by ${signal}`));
  return ending.signal;
}

/** A ring that cannot run counts as one failure; the others still run. */
async function prepared(ring: Ring, tally: Tally, ready: () => Promise<void>, ending: AbortSignal): Promise<void> {
  try {
    const work = await ring.work();
    if (work === undefined) return tally.note('no tests yet');
    await ready();
    await work(tally, ending);
    if (ending.aborted) tally.fail(`the ring ${ring.name}`, String(ending.reason));
  } catch (error) {
    tally.fail(`the ring ${ring.name} could not run`, ending.aborted ? String(ending.reason) : error);
  }
}

function chosen(names: readonly string[], asked: string | undefined): readonly Ring[] {
  if (names.length === 0) return RINGS.filter((ring) => !ring.onlyWhenAsked);
  return names.map((name) => {
    const ring = RINGS.find((ring) => ring.name === name);
    if (ring === undefined) throw unknown(name);
    if (!ring.onlyWhenAsked || asked === name) return ring;
    throw new Failure(`the ring ${name} takes very long`, `If you mean it: pxen test --ring ${name}.`, 2);
  });
}

function unknown(name: string): Failure {
  const names = RINGS.map((ring) => ring.name);
  const near = nearest(name, names);
  return new Failure(
    `there is no ring ${name}`,
    near === undefined ? `One of ${names.join(', ')}.` : `Did you mean ${near}?`,
    2,
  );
}
