import { sources } from '../house/sources.ts';
import { BOOT_CASES } from './boot.ts';
import type { Case, Group } from './cases.ts';
import { DHCP_CASES } from './dhcp.ts';
import { REASONS } from './reasons.ts';

export const GROUPS: readonly Group[] = [...DHCP_CASES, ...BOOT_CASES];
export const CASES: readonly Case[] = GROUPS.flatMap(({ cases }) => cases);

export interface Coverage {
  readonly case: Case;
  /** Test files, with the names of their tests. */
  readonly tests: ReadonlyMap<string, readonly string[]>;
  readonly reason: string | undefined;
}

/** `test('A1, A2: what is true'`. The name may be a template. */
const NAMED = /\btest\(\s*(['"`])((?:[A-J]\d{0,2}, ?)*[A-J]\d{0,2}): ((?:\\.|(?!\1)[\s\S])*)\1/g;

/** Every test whose name begins with ids. */
function namedTests(): { readonly path: string; readonly ids: readonly string[]; readonly name: string }[] {
  return sources
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(({ path, text }) =>
      Array.from(text.matchAll(NAMED), ([, , ids = '', name = '']) => ({ path, ids: ids.split(/, ?/), name })),
    );
}

export function coverage(): readonly Coverage[] {
  const tests = namedTests();
  return CASES.map((one) => {
    const found = new Map<string, string[]>();
    for (const { path, ids, name } of tests)
      if (ids.includes(one.id)) found.set(path, [...(found.get(path) ?? []), name]);
    return { case: one, tests: found, reason: REASONS.get(one.id) };
  });
}

/** Ids at the beginning of tests that no case has. */
export function strayIds(): string[] {
  const known = new Set(CASES.map(({ id }) => id));
  return namedTests().flatMap(({ path, ids }) => ids.filter((id) => !known.has(id)).map((id) => `${path}: ${id}`));
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function row({ case: { id, title, source }, tests, reason }: Coverage): string {
  const where = [...tests]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, names]) => `\`${path}\`${names.length > 1 ? ` (${names.length} tests)` : ''}`)
    .join('<br>');
  const proof = where === '' ? (reason === undefined ? '*open*' : `left out: ${reason}`) : where;
  return `| ${id} | ${cell(title)} | ${cell(source)} | ${proof} |`;
}

/** docs/conformance.md. */
export function pageText(): string {
  const all = coverage();
  const count = (of: readonly Coverage[]): string => {
    const covered = of.filter(({ tests }) => tests.size > 0).length;
    const left = of.filter(({ tests, reason }) => tests.size === 0 && reason !== undefined).length;
    const open = of.length - covered - left;
    return [
      `${covered} of ${of.length} tested`,
      ...(left > 0 ? [`${left} left out`] : []),
      ...(open > 0 ? [`${open} open`] : []),
    ].join(', ');
  };
  const parts = GROUPS.flatMap(({ letter, title, cases }) => {
    const rows = all.filter((one) => cases.includes(one.case));
    const head = [
      `## ${letter}: ${title}`,
      '',
      `${count(rows)}.`,
      '',
      '| id | case | known from | proof |',
      '|---|---|---|---|',
    ];
    return head.concat(rows.map(row), '');
  });
  return [...INTRODUCTION, `**${count(all)}.**`, '', ...parts].join('\n');
}

const INTRODUCTION: readonly string[] = [
  '# Conformance of the boot server',
  '',
  'Cases that a correct boot server must handle, and the test that proves each; a test names the cases it covers at the',
  'beginning of its own name. Where a case comes from stands beside it: a standard, the code of a client, or the trouble',
  "other servers had. This page is made by `node test/conformance.ts --write` from `test/conformance/` and the tests' names;",
  'a test of the house fails when it is not current.',
  '',
];
