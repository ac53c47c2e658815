import type { z } from 'zod';
import { nameOf, type Finding } from './finding.ts';
import { keysAt, schemaAt, type Path } from './jsonSchema.ts';
import { nearest } from './near.ts';
import { remedyFor } from './remedy.ts';
import { PASSWORD_HASH } from './schemaAccess.ts';

type Issue = z.core.$ZodIssue;
/** What the person wrote at a path, as text. */
export type Written = (path: Path) => string | undefined;

const EXPECTED: Readonly<Record<string, readonly [noun: string, remedy: string]>> = {
  string: ['a text', 'Write it in quotes.'],
  boolean: ['true or false', 'Write true or false.'],
  int: ['a whole number', 'Write a whole number, without quotes.'],
  number: ['a number', 'Write a number, without quotes.'],
  array: ['a list', 'Write a list: every item on a line of its own that begins with `- `.'],
  object: ['a mapping', 'Write it as `key: value`, one a line and indented.'],
  record: ['a mapping', 'Write it as `key: value`, one a line and indented.'],
};

/** What the schema finds wrong, in sentences. `at`: where `schemaAt` knows the file. */
export function shapeFindings(issues: readonly Issue[], root: unknown, written: Written, at: Path): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    return findingsOf(issue, [...at, ...path], valueAt(root, path), written(path));
  });
}

/** The value at `path` of plain data. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, step) => (isMapping(here) ? here[step] : undefined), root);
}

const isMapping = (value: unknown): value is Readonly<Record<string | number, unknown>> =>
  typeof value === 'object' && value !== null;

function findingsOf(issue: Issue, path: Path, value: unknown, text: string | undefined): Finding[] {
  const said = text ?? String(value);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key]));
    case 'invalid_type':
      return [wrongType(path, issue.expected, value, said)];
    case 'invalid_value':
      if (value === undefined) return [missing(path)];
      return [{ path, part: 'value', ...notOneOf(path, issue.values.map(String), said) }];
    case 'too_small':
    case 'too_big':
      return [outOfRange(path, issue, said)];
    case 'invalid_key':
      return [badKey(path, issue.issues[0]?.message ?? 'a name')];
    case 'invalid_format':
      return [notA(path, said, issue.format === 'guid' ? UUID : issue.message)];
    case 'custom':
      return [notA(path, said, schemaAt(path)?.description ?? issue.message)];
    case 'invalid_union':
      return [{ path, part: 'value', ...noneOfThese(path) }];
    case 'invalid_element':
    case 'not_multiple_of':
      // The schema has none of these kinds today; what zod says is better than nothing.
      return [
        { path, part: 'value', what: `${nameOf(path)}: ${issue.message}`, remedy: 'Compare it with the manual.' },
      ];
  }
}

const UUID = 'a UUID such as 4c4c4544-0051-3610-8052-b4c04f4e3132';

function unknownKey(path: Path): Finding {
  const key = String(path.at(-1));
  const keys = keysAt(path.slice(0, -1));
  const near = nearest(key, keys);
  const others =
    key === '<<'
      ? 'Write the keys out: merge keys are not part of YAML 1.2.'
      : `What may stand here: ${keys.join(', ')}.`;
  const remedy = near === undefined ? others : `Did you mean \`${near}\`?`;
  return { path, part: 'key', what: `there is no key \`${key}\` here`, remedy };
}

function wrongType(path: Path, expected: string, value: unknown, said: string): Finding {
  const [noun, how] = EXPECTED[expected] ?? [expected, 'Compare it with the manual.'];
  if (value === undefined) return missing(path);
  if (value === null) return empty(path);
  const remedy = expected === 'string' && !isMapping(value) ? quoted(path, said) : how;
  const name = typeof path.at(-1) === 'number' ? `an item of ${nameOf(path)}` : nameOf(path);
  return { path, part: 'value', what: `${name} is ${kindOf(value)}, but must be ${noun}`, remedy };
}

/** A number where a size or a time belongs lacks its unit; any other number or truth value was meant as a text. */
function quoted(path: Path, said: string): string {
  const meant = schemaAt(path)?.description ?? '';
  return /^a (size|time)\b/.test(meant) ? remedyFor(meant, said) : `Write "${said}" in quotes.`;
}

function empty(path: Path): Finding {
  const meant = schemaAt(path)?.description ?? 'a value';
  return { path, part: 'value', what: `${nameOf(path)} is empty`, remedy: `Write ${meant}, or remove the key.` };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  version: 'Write `version: 1`.',
  cluster: 'Write `cluster: { name: lab }`.',
};

function missing(path: Path): Finding {
  const key = String(path.at(-1));
  const meant = schemaAt(path)?.description;
  const remedy = EXAMPLES[key] ?? `Add \`${key}:\`${meant ? `, ${meant}` : ''}.`;
  return { path, part: 'value', what: `the key \`${key}\` is missing`, remedy };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'a text';
}

function notOneOf(path: Path, values: readonly string[], said: string): { what: string; remedy: string } {
  if (path.length === 1 && path[0] === 'version') {
    if (said === values[0])
      return { what: '`version` is a text', remedy: `Write \`version: ${said}\`, without quotes.` };
    const what = `this file is of version ${said}, but this pxen reads version ${values.join(', ')}`;
    return { what, remedy: `Write \`version: ${values[0]}\`, or use the pxen that the file was written for.` };
  }
  const near = nearest(said, values);
  const what = `${nameOf(path)} is "${said}", which is none of ${values.join(', ')}`;
  return { what, remedy: near === undefined ? `Write one of ${values.join(', ')}.` : `Did you mean ${near}?` };
}

function outOfRange(path: Path, issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, said: string): Finding {
  if (issue.origin === 'string') {
    return { path, part: 'value', what: `${nameOf(path)} is empty`, remedy: 'Write something, or remove the key.' };
  }
  const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  const what = `${nameOf(path)} is ${said}, but must be ${limit}`;
  return { path, part: 'value', what, remedy: `Write a number that is ${limit}.` };
}

/** A value that may be of several kinds and is of none: its description says what it stands for. */
function noneOfThese(path: Path): { what: string; remedy: string } {
  const meant = schemaAt(path)?.description ?? 'something else';
  return { what: `${nameOf(path)} has a value that it cannot have`, remedy: `Write ${meant}.` };
}

function badKey(path: Path, meant: string): Finding {
  const key = String(path.at(-1));
  return { path, part: 'key', what: `\`${key}\` is not ${meant}`, remedy: remedyFor(meant, key) };
}

function notA(path: Path, said: string, meant: string): Finding {
  // What stands in the place of a hash is most likely the password itself.
  if (meant === PASSWORD_HASH) {
    return { path, part: 'value', what: `${nameOf(path)} is not ${meant}`, remedy: remedyFor(meant, '') };
  }
  const where = typeof path.at(-1) === 'number' ? `in ${nameOf(path)}, ` : '';
  const line = said.split('\n', 1)[0] ?? '';
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  return {
    path,
    part: 'value',
    what: `${where}${JSON.stringify(shown)} is not ${meant}`,
    remedy: remedyFor(meant, said),
  };
}
