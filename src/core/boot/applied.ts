import { sha256 } from '@noble/hashes/sha2.js';
import { addonOf, type HostSettings, type InForce } from '../cluster/settings.ts';
import { hex, utf8 } from '../net/text.ts';

/**
 * What is applied to a host's root, a line each, as its agent reports it: `sysctl net.ipv4.ip_forward = 1`, and where it is from
 * an add-on `add-on router: sysctl ...`. Arguments are not among it: the command lines of Xen and Linux tell them.
 */
export function appliedText(settings: HostSettings): string {
  const lines = [
    ...linesOf(settings.packages, (name) => `package ${name}`),
    ...linesOf(
      settings.files,
      ({ path, from, text }) => `file ${path} ${from === undefined ? `text ${digest(text ?? '')}` : `from ${from}`}`,
    ),
    ...linesOf(settings.unitTexts, (text, key) => `unit ${key} text ${digest(text)}`),
    ...linesOf(settings.unitStates, (state, key) => `unit ${key} ${state}`),
    ...linesOf(settings.modules, (module) => `module ${module}`),
    ...linesOf(settings.sysctl, (value, key) => `sysctl ${key} = ${value}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A line for each value in force, with the add-on that it is from. */
export const linesOf = <T>(all: readonly InForce<T>[], line: (value: T, key: string) => string): string[] =>
  all.flatMap((one) => {
    const addon = addonOf(one);
    const from = addon === undefined ? '' : `add-on ${addon}: `;
    return one.values.map((value) => `${from}${line(value, one.key)}`);
  });

/** A line without the add-on that it is from. */
const bare = (line: string): string => line.replace(/^add-on [a-z0-9-]+: /, '');

/** So that another content is another line. */
const digest = (text: string): string => hex(sha256(utf8(text))).slice(0, 8);

/** Lines that a report carries at most, and characters of each: it travels every few seconds. */
const MOST = 100;
const LONGEST = 200;

/** The lines of `appliedText` as a report carries them. */
export const appliedLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, MOST)
    .map((line) => line.slice(0, LONGEST));

/**
 * What is applied once settings have changed on a host that runs: nothing is taken back before its next boot, so what is not wanted
 * any more still stands.
 */
export function appliedAgain(before: string, wanted: string): string {
  const kinds = new Set(appliedLines(wanted).map(subjectOf));
  const kept = before.split('\n').filter((line) => line !== '' && !kinds.has(subjectOf(line)));
  return `${wanted}${kept.map((line) => `${line}\n`).join('')}`;
}

/** What a line is about: a unit's text and its state are two things. */
const subjectOf = (line: string): string =>
  (/^unit \S+ text/.exec(bare(line)) ?? /^\S+ \S+/.exec(bare(line)))?.[0] ?? line;

/** How what was applied stands on a host that is up. Names of modules with `_`; texts as the kernel gives them. */
export interface AppliedFacts {
  readonly modules: ReadonlySet<string>;
  readonly failedUnits: readonly string[];
  /** By path below /proc/sys; undefined for one that is not there. */
  readonly sysctls: ReadonlyMap<string, string | undefined>;
  /** By path. */
  readonly present: ReadonlyMap<string, boolean>;
  /** What stage 1 says of packages: `htop mounted`, or `htop left out: <why>`; undefined where it says nothing. */
  readonly packages: string | undefined;
}

/** The file below /proc/sys of a sysctl (sysctl.d(5)); undefined for a pattern. */
function sysctlPath(name: string): string | undefined {
  return name.includes('*') ? undefined : name.replaceAll(/[./]/g, (one) => (one === '.' ? '/' : '.'));
}

/** What the lines need to be held against: paths below /proc/sys, and paths that must exist. */
export function lookedAt(lines: readonly string[]): { readonly sysctls: string[]; readonly paths: string[] } {
  return {
    sysctls: lines.flatMap((line) => sysctlPath(/^sysctl (\S+) = /.exec(bare(line))?.[1] ?? '*') ?? []),
    paths: lines.flatMap((line) => pathOf(bare(line)) ?? []),
  };
}

const pathOf = (line: string): string | undefined => {
  const unit = /^unit (\S+) enabled$/.exec(line)?.[1];
  return unit === undefined ? /^file (\S+) /.exec(line)?.[1] : `/etc/systemd/system/pxen-later.target.wants/${unit}`;
};

/** What was applied and did not take, with the reason: `module foo: it is not loaded`. */
export const notApplied = (lines: readonly string[], facts: AppliedFacts): string[] =>
  lines.flatMap((line) => {
    const why = whyNot(bare(line), facts);
    return why === undefined ? [] : [`${line}: ${why}`.slice(0, LONGEST)];
  });

function whyNot(line: string, facts: AppliedFacts): string | undefined {
  const [kind = '', name = '', ...rest] = line.split(' ');
  switch (kind) {
    case 'package':
      return packageProblem(name, facts.packages);
    case 'module':
      return facts.modules.has(name.replaceAll('-', '_')) ? undefined : 'it is not loaded: is there such a module?';
    case 'sysctl':
      return sysctlProblem(name, rest.slice(1).join(' '), facts);
    case 'unit':
      if (facts.failedUnits.includes(name) && rest[0] === 'enabled') return `it has failed; see journalctl -u ${name}`;
      return facts.present.get(pathOf(line) ?? '') === false ? 'there is no such unit on this host' : undefined;
    default:
      return facts.present.get(name) === false ? 'it is not there' : undefined;
  }
}

function packageProblem(name: string, said: string | undefined): string | undefined {
  const line = said?.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) return 'it comes with the next boot';
  return line === `${name} mounted` ? undefined : line.slice(name.length + 1);
}

function sysctlProblem(name: string, wanted: string, { sysctls }: AppliedFacts): string | undefined {
  const path = sysctlPath(name);
  if (path === undefined) return undefined;
  const is = sysctls.get(path);
  if (is === undefined) return 'this kernel has no such parameter';
  return spaced(is) === spaced(wanted) ? undefined : `it is ${spaced(is)}`;
}

const spaced = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
