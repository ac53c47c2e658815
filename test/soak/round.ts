import { seededChance } from '../../src/shell/chance.ts';
import { simulate } from '../simulation/world.ts';
import { DECODERS, Fallen, fuzzDecoder } from './decoders.ts';
import type { Tally } from './report.ts';
import { MOST_REMEMBERED, PORT_SEEDS, Shower } from './server.ts';
import { fuzzHttp } from './sockets.ts';

/** How much of each is in one round: about a second. */
const AMOUNT = { decoder: 3000, shower: 400, http: 20, worlds: 8 } as const;

type Failed = (target: string, error: unknown) => Promise<void>;

/** One round, made from its seed alone. A failure ends its part of the round, not the others. */
export async function soakRound(seed: number, shower: Shower, tally: Tally, failed: Failed): Promise<void> {
  const guarded = async (target: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      await failed(error instanceof Fallen ? error.target : target, error);
    }
  };
  for (const [at, decoder] of DECODERS.entries()) {
    await guarded(decoder.name, () => {
      const taken = fuzzDecoder(decoder, seededChance(seed * 64 + at), AMOUNT.decoder);
      counted(tally, decoder.name, AMOUNT.decoder, taken);
    });
  }
  await guarded('server', () => rain(seed, shower, tally));
  await guarded('http', async () => {
    counted(tally, 'connections', AMOUNT.http, await fuzzHttp(seededChance(seed * 64 + 61), AMOUNT.http));
  });
  for (let world = 0; world < AMOUNT.worlds; world += 1)
    await guarded('world', () => live(seed * AMOUNT.worlds + world, tally));
}

function counted(tally: Tally, name: string, sent: number, taken: number): void {
  const before = tally.inputs[name] ?? { sent: 0, taken: 0 };
  tally.inputs[name] = { sent: before.sent + sent, taken: before.taken + taken };
}

async function rain(seed: number, shower: Shower, tally: Tally): Promise<void> {
  const sent = await shower.rain(seededChance(seed * 64 + 60), AMOUNT.shower);
  counted(tally, `${PORT_SEEDS.size} ports, paths and steps`, sent, 0);
  tally.growth.remembered = Math.max(tally.growth.remembered, shower.remembered);
  if (shower.remembered > MOST_REMEMBERED) throw new Error(`${shower.remembered} machines are remembered`);
  if (!(await shower.serves(200))) throw new Error('the next client is not served');
}

async function live(seed: number, { worlds }: Tally): Promise<void> {
  const { weather, datagrams, restarts } = await simulate(seed);
  worlds.count += 1;
  worlds.machines += weather.machines.length;
  worlds.datagrams += datagrams.server + datagrams.clients;
  worlds.restarts += restarts;
  worlds.outages += weather.outage === undefined ? 0 : 1;
}
