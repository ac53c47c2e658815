import { createInterface } from 'node:readline/promises';
import { Failure } from './fail.ts';
import { NEEDS, type Need, type Purpose } from './packages.ts';
import { run, type Run } from './run.ts';

/** The machine as installing sees it; a test brings its own. */
export interface Installer {
  readonly run: Run;
  readonly say: (line: string) => void;
  readonly isRoot: boolean;
  /** Nobody is to be asked (`--yes`, CI). */
  readonly yes: boolean;
  /** Asks a question that is answered with yes or no; undefined where nobody sits at the terminal. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/** This machine. `yes`: the call said `--yes`. */
export function thisMachine(yes: boolean): Installer {
  return {
    run,
    say: (line) => process.stderr.write(`pxen: ${line}\n`),
    isRoot: process.getuid?.() === 0,
    yes: yes || process.env['CI'] === 'true',
    ask: process.stdin.isTTY ? askAtTerminal : undefined,
  };
}

/** Makes sure that the Debian packages are there that the purposes need. Fails with a sentence where they cannot be. */
export async function install(purposes: readonly Purpose[], machine: Installer): Promise<void> {
  const missing = await missingPackages(needsOf(purposes), machine.run);
  if (missing.length === 0) return;
  for (const { package: name, why } of missing) machine.say(`needs the package ${name}: ${why}`);
  await permission(missing, machine);
  const names = missing.map((need) => need.package);
  if (!(await allKnown(names, machine.run))) await apt(machine, ['update']);
  try {
    await installNow(machine, names);
  } catch {
    // The lists may be older than the mirror; what fails with fresh ones fails for good.
    await apt(machine, ['update']);
    await installNow(machine, names);
  }
}

function needsOf(purposes: readonly Purpose[]): Need[] {
  const all = purposes.flatMap<Need>((purpose) => NEEDS[purpose]);
  return [...new Map(all.map((need) => [need.package, need])).values()];
}

/** The needs whose package is not installed (dpkg-query(1): the status of an installed one begins with `ii`). */
export async function missingPackages(needs: readonly Need[], run: Run): Promise<Need[]> {
  if (needs.length === 0) return [];
  const names = needs.map((need) => need.package);
  const query = ['dpkg-query', '--show', '--showformat', '${db:Status-Abbrev} ${Package}\n', ...names];
  const { stdout } = await run(query, { accept: [0, 1] }).catch((cause: unknown) => {
    const remedy = `Install what these Debian packages hold: ${names.join(' ')}. Or use Debian or Ubuntu.`;
    throw new Failure('this machine does not run Debian or Ubuntu', remedy, 1, cause);
  });
  const there = new Set(stdout.split('\n').flatMap((line) => /^.i. ?(\S+)/.exec(line)?.[1] ?? []));
  return needs.filter((need) => !there.has(need.package));
}

async function permission(missing: readonly Need[], { isRoot, yes, ask }: Installer): Promise<void> {
  if (isRoot || yes) return;
  const command = `apt-get install ${missing.map((need) => need.package).join(' ')}`;
  if (ask === undefined) {
    throw new Failure(
      'packages are missing, and nobody is at the terminal to be asked',
      `Give --yes, or as root: ${command}`,
    );
  }
  if (await ask('Install them now with sudo? [Y/n] ')) return;
  throw new Failure('these packages are needed', `When you like: sudo ${command}`);
}

/** apt-cache(8) prints `Candidate: (none)`, or nothing at all, for what the lists on this machine do not know. */
async function allKnown(names: readonly string[], run: Run): Promise<boolean> {
  const { stdout } = await run(['apt-cache', 'policy', ...names]);
  return stdout.split('\n').filter((line) => /^ {2}Candidate: (?!\(none\))/.test(line)).length === names.length;
}

const installNow = (machine: Installer, names: readonly string[]): Promise<void> =>
  apt(machine, ['install', '--yes', '--no-install-recommends', ...names]);

/** A dpkg that another program holds is waited for; without a terminal, sudo must not ask for a password. */
async function apt(machine: Installer, words: readonly string[]): Promise<void> {
  const sudo = machine.isRoot ? [] : ['sudo', ...(machine.ask === undefined ? ['-n'] : [])];
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  machine.say(`apt-get ${words.join(' ')}`);
  await machine.run([...sudo, ...quiet, ...words]);
}

async function askAtTerminal(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(y(es)?)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
