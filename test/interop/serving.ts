import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/shell/run.ts';
import { layDrive, Running } from './running.ts';

/** `pxen serve` in a namespace, and networks to serve. */

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** The command of `pxen serve`. */
export const serveCommand = (...words: readonly string[]): string[] => [process.execPath, MAIN, 'serve', ...words];

export const ip = (words: string) => run(['ip', ...words.split(' ')]);

/** Namespaces of one test, and a switch that joins them. */
export class House {
  readonly #name: string;
  readonly #rooms: string[] = [];

  constructor(name: string) {
    this.#name = `${name}${process.pid}`;
  }

  async room(name: string): Promise<string> {
    const space = `${this.#name}${name}`;
    this.#rooms.push(space);
    await ip(`netns add ${space}`);
    await ip(`-n ${space} link set lo up`);
    return space;
  }

  async bridge(space: string, name: string): Promise<void> {
    await ip(`-n ${space} link add ${name} type bridge`);
    await ip(`-n ${space} link set ${name} up`);
  }

  /** A cable from a bridge of the switch to a room, where its end is called `name` and may have an address. */
  async cable(sw: string, bridge: string, space: string, name: string, address?: string): Promise<void> {
    const port = `p${this.#rooms.indexOf(space)}${name}`.slice(0, 15);
    await ip(`-n ${sw} link add ${port} type veth peer name ${name} netns ${space}`);
    await ip(`-n ${sw} link set ${port} master ${bridge} up`);
    if (address !== undefined) await ip(`-n ${space} addr add ${address} dev ${name}`);
    await ip(`-n ${space} link set ${name} up`);
  }

  in(space: string, ...command: readonly string[]) {
    return run(['ip', 'netns', 'exec', space, ...command], { accept: [0, 1] });
  }

  async remove(): Promise<void> {
    for (const space of this.#rooms) await run(['ip', 'netns', 'del', space], { accept: [0, 1] });
  }
}

/** A folder that is served, and whoever serves it. */
export class Served {
  readonly folder: string;
  readonly script: string;
  readonly space: string;
  running: Running | undefined;

  private constructor(space: string, folder: string, script: string) {
    this.space = space;
    this.folder = folder;
    this.script = script;
  }

  static async lay(space: string, cluster: string): Promise<Served> {
    const { folder, script } = await layDrive(cluster);
    return new Served(space, folder, script);
  }

  async start(...flags: readonly string[]): Promise<Running> {
    this.running = new Running(this.space, serveCommand(this.folder, ...flags));
    await this.running.until('SERVE_READY');
    return this.running;
  }

  /** The process that has the lease journal. */
  async pid(): Promise<number> {
    return Number(await readFile(join(this.folder, 'state', 'leases.lock'), 'utf8'));
  }

  edit(cluster: string): Promise<void> {
    return writeFile(join(this.folder, 'cluster.yaml'), cluster);
  }

  async end(): Promise<void> {
    await this.running?.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
