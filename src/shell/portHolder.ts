import { readdir, readFile, readlink } from 'node:fs/promises';
import { Failure } from './fail.ts';

/** A program that has a port open. */
interface PortHolder {
  readonly pid: number;
  readonly program: string;
}

/** State "listening" of /proc/net/tcp; UDP has none. */
const LISTENING = '0A';

/** The program of this machine that has a port; undefined where /proc does not tell, as it does not to everybody. */
async function portHolder(protocol: 'udp' | 'tcp', port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all([protocol, `${protocol}6`].map((name) => textOf(`/proc/net/${name}`)));
  const sockets = new Set(
    tables.flatMap((table) => inodesOf(table, protocol, port)).map((inode) => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return undefined;
  const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  for (const pid of pids) {
    if (await holdsOne(pid, sockets)) return { pid: Number(pid), program: (await textOf(`/proc/${pid}/comm`)).trim() };
  }
  return undefined;
}

/** The failure of a port that is in use, naming who has it where that can be known. `where`: the interface or address. */
export async function portInUse(
  protocol: 'udp' | 'tcp',
  port: number,
  where: string,
  cause?: unknown,
): Promise<Failure> {
  const holder = await portHolder(protocol, port);
  const name = `${protocol.toUpperCase()} port ${port} of ${where}`;
  if (holder === undefined) {
    const list = protocol === 'udp' ? 'ss -lunp' : 'ss -ltnp';
    return new Failure(
      `${name} is in use`,
      `End the program that has it (\`${list}\` shows which), then try again.`,
      1,
      cause,
    );
  }
  const { program, pid } = holder;
  return new Failure(
    `${name} is held by the program ${program} (process ${pid})`,
    `End it (\`systemctl stop ${program}\` where it is a service, else \`kill ${pid}\`), then try again.`,
    1,
    cause,
  );
}

/** The inodes of the sockets with this port in a table of /proc/net (proc_net(5)). */
function inodesOf(table: string, protocol: 'udp' | 'tcp', port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const isIt = fields[1]?.endsWith(`:${hex}`) === true && (protocol === 'udp' || fields[3] === LISTENING);
    return isIt && fields[9] !== undefined ? fields[9] : [];
  });
}

async function holdsOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const fd of await namesIn(`/proc/${pid}/fd`)) {
    if (sockets.has(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))) return true;
  }
  return false;
}

// Processes come and go while they are looked at, and not all may be looked at.
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
