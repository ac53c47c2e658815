import { run, type RunOptions, type RunResult } from '../src/shell/run.ts';

/** Two network namespaces joined by a cable: `server` has an address, `client` has none yet. */
export class Segment {
  readonly server: string;
  readonly client: string;
  static readonly interface = 'net0';

  constructor(name: string) {
    const unique = `${name}${process.pid}`;
    [this.server, this.client] = [`${unique}s`, `${unique}c`];
  }

  async make(address: string, clientMac: string): Promise<void> {
    const [card, { server, client }] = [Segment.interface, this];
    const steps = [
      `netns add ${server}`,
      `netns add ${client}`,
      `link add ${card} netns ${server} type veth peer name ${card} netns ${client}`,
      `-n ${client} link set ${card} address ${clientMac}`,
      `-n ${server} addr add ${address} dev ${card}`,
      ...[server, client].flatMap((space) => [`-n ${space} link set lo up`, `-n ${space} link set ${card} up`]),
    ];
    for (const step of steps) await run(['ip', ...step.split(' ')]);
  }

  /** Runs a command in one of the two. */
  in(space: string, command: readonly string[], options?: RunOptions): Promise<RunResult> {
    return run(['ip', 'netns', 'exec', space, ...command], options);
  }

  async remove(): Promise<void> {
    for (const space of [this.server, this.client]) await run(['ip', 'netns', 'del', space], { accept: [0, 1] });
  }
}

/** Why tests in namespaces cannot run here; false where they can. */
export async function whyNot(programs: readonly string[]): Promise<string | false> {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const program of ['ip', ...programs]) {
    const { code } = await run(['/bin/sh', '-c', `command -v ${program}`], { accept: [0, 1, 127] });
    if (code !== 0) return `the program ${program} is not installed`;
  }
  return false;
}
