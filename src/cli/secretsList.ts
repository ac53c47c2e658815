import { Secret } from '../core/secrets/secret.ts';
import type { Call } from './call.ts';
import { secretsAt } from './secretsFile.ts';

/** `pxen secrets list`: names, how each is kept, and where cluster.yaml names it. Never a value. */
export async function run(call: Call): Promise<number> {
  const { file, secrets, references } = await secretsAt(call);
  const names = [...new Set([...secrets.keys(), ...references.map(({ name }) => name)])].sort();
  const rows = names.map((name) => ({
    name,
    kept: keptAs(secrets.get(name)),
    usedBy: references.filter((one) => one.name === name).map(({ path }) => path.slice(0, -1).join('.')),
  }));
  if (call.switches.has('json')) {
    process.stdout.write(`${JSON.stringify({ schema: 'pxen.secrets/1', file, secrets: rows }, undefined, 2)}\n`);
    return 0;
  }
  const width = Math.max(4, ...names.map((name) => name.length));
  const line = (name: string, kept: string, usedBy: string): string =>
    `${name.padEnd(width)}  ${kept.padEnd(7)}  ${usedBy}\n`;
  const lines = rows.map(({ name, kept, usedBy }) => line(name, kept, usedBy.join(', ') || '-'));
  process.stdout.write([line('NAME', 'KEPT', 'USED BY'), ...lines].join(''));
  return 0;
}

function keptAs(entry: unknown): 'missing' | 'plain' | 'wrapped' {
  if (entry === undefined) return 'missing';
  return entry instanceof Secret ? 'plain' : 'wrapped';
}
