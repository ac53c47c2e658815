import { COMMON, type Option, type Verb } from './call.ts';

/** The help: one line a verb, or all about the one verb that is asked for. */
export function helpText(verbs: readonly Verb[]): string {
  const [only, ...others] = verbs;
  return only !== undefined && others.length === 0 ? verbHelp(only) : overview(verbs);
}

function overview(verbs: readonly Verb[]): string {
  return [
    'pxen: one flash drive boots a rack of machines into a Xen cluster that lives in RAM',
    '',
    'usage: pxen VERB [ARGUMENTS]',
    '',
    ...columns(verbs.map((verb) => [[verb.name, verb.usage].filter(Boolean).join(' '), verb.summary])),
    '',
    'pxen VERB --help tells more. Exit codes: 0 done, 1 it failed, 2 the call or a file is wrong.',
    '',
  ].join('\n');
}

function verbHelp(verb: Verb): string {
  const options = Object.entries({ ...verb.options, ...COMMON, ...verb.options });
  return [
    `usage: ${['pxen', verb.name, verb.raw ? '' : '[OPTIONS]', verb.usage ?? ''].filter(Boolean).join(' ')}`,
    '',
    verb.summary,
    '',
    ...columns(options.map(([name, option]) => [signature(name, option), option.meaning])),
    '',
  ].join('\n');
}

function signature(name: string, option: Option): string {
  return [`--${name}`, option.choices?.join('|') ?? option.value].filter(Boolean).join(' ');
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
