import { parseArgs } from 'node:util';
import { nearest } from '../core/cluster/near.ts';
import { Failure } from '../shell/fail.ts';

/** An option of a verb. Without `value` it is a switch; `value` is what stands for its value in the help. */
export interface Option {
  readonly meaning: string;
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The value is a whole number of at least this. */
  readonly least?: number;
  /** May be given several times; its values are then joined by commas. */
  readonly repeats?: true;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Arguments after the name, as the help shows them. */
  readonly usage?: string;
  /** How many arguments there may be; none where absent. */
  readonly most?: number;
  readonly options?: Readonly<Record<string, Option>>;
  /** Hands every word on as it stands: the program behind the verb reads them itself. */
  readonly raw?: true;
  readonly load: () => Promise<{ readonly run: (call: Call) => Promise<number> }>;
}

/** A verb as it was called. */
export interface Call {
  readonly words: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
}

/** Every verb takes these. */
export const COMMON: Readonly<Record<string, Option>> = {
  yes: { meaning: 'install what is missing without asking' },
  help: { meaning: 'show this help' },
};

/** A Failure for a call that is wrong. */
const wrong = (sentence: string, remedy: string): Failure => new Failure(sentence, remedy, 2);

export type Chosen =
  | { readonly kind: 'verb'; readonly verb: Verb; readonly rest: readonly string[] }
  | { readonly kind: 'help'; readonly verbs: readonly Verb[] };

/** The verb that the words begin with, one or two words long, or the help that they ask for. */
export function choose(verbs: readonly Verb[], words: readonly string[]): Chosen {
  const [first, second] = words;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') return helpOn(verbs, words);
  const verb = verbs.find(({ name }) => name === `${first} ${second}`) ?? verbs.find(({ name }) => name === first);
  if (verb !== undefined) return { kind: 'verb', verb, rest: words.slice(verb.name.split(' ').length) };
  const group = verbs.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0) throw unknown(`pxen has no verb ${first}`, first, firstWords(verbs), 'See pxen --help.');
  if (second === '--help' || second === '-h') return { kind: 'help', verbs: group };
  const seconds = group.map(({ name }) => name.slice(first.length + 1));
  if (second === undefined) throw wrong(`pxen ${first} what?`, `One of ${seconds.join(', ')}.`);
  throw unknown(`pxen ${first} has no ${second}`, second, seconds, `There is ${seconds.join(', ')}.`);
}

/** `pxen help`, `pxen help VERB`. */
function helpOn(verbs: readonly Verb[], words: readonly string[]): Chosen {
  const asked = words[0] === 'help' ? words.slice(1).join(' ') : '';
  const found = verbs.filter(({ name }) => name === asked || name.startsWith(`${asked} `));
  if (asked === '' || found.length > 0) return { kind: 'help', verbs: asked === '' ? verbs : found };
  throw unknown(`pxen has no verb ${asked}`, asked, firstWords(verbs), 'See pxen --help.');
}

const firstWords = (verbs: readonly Verb[]): string[] => verbs.map(({ name }) => name.split(' ', 1)[0] ?? name);

function unknown(sentence: string, word: string, known: readonly string[], otherwise: string, before = ''): Failure {
  const near = nearest(word, known);
  return wrong(sentence, near === undefined ? otherwise : `Did you mean ${before}${near}?`);
}

/** Reads the words after a verb; undefined where they ask for its help. Throws a Failure for the first that is wrong. */
export function readCall(verb: Verb, rest: readonly string[]): Call | undefined {
  if (verb.raw) return rest.includes('--help') ? undefined : { words: rest, switches: new Set(), values: {} };
  const options = { ...COMMON, ...verb.options };
  const { tokens } = parseArgs({ args: [...rest], options: shapes(options), strict: false, tokens: true });
  const call = { words: [] as string[], switches: new Set<string>(), values: {} as Record<string, string> };
  for (const token of tokens) {
    if (token.kind === 'positional') call.words.push(token.value);
    else if (token.kind === 'option') readOption(verb, options, token, call);
  }
  if (call.switches.has('help')) return undefined;
  const most = verb.most ?? 0;
  const tooMuch = call.words[most];
  if (tooMuch === undefined) return call;
  throw wrong(`pxen ${verb.name} does not take "${tooMuch}"`, `See pxen ${verb.name} --help.`);
}

type Shapes = Record<string, { type: 'string' | 'boolean'; short?: string }>;

function shapes(options: Readonly<Record<string, Option>>): Shapes {
  const shape = ([name, { value }]: [string, Option]) =>
    [name, { type: value === undefined ? 'boolean' : 'string', ...(name === 'help' ? { short: 'h' } : {}) }] as const;
  return Object.fromEntries(Object.entries(options).map(shape));
}

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

function readOption(
  verb: Verb,
  options: Readonly<Record<string, Option>>,
  { name, rawName, value }: Token,
  call: { readonly switches: Set<string>; readonly values: Record<string, string> },
): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const sentence = `pxen ${verb.name} has no option ${rawName}`;
    throw unknown(sentence, name, Object.keys(options), `See pxen ${verb.name} --help.`, '--');
  }
  if (option.value === undefined) {
    if (value !== undefined) throw wrong(`${rawName} takes no value`, `Write ${rawName} alone.`);
    call.switches.add(name);
    return;
  }
  if (value === undefined || value === '') throw wrong(`${rawName} wants a value`, `Write ${rawName} ${option.value}.`);
  check(rawName, option, value);
  const before = option.repeats === true ? call.values[name] : undefined;
  call.values[name] = before === undefined ? value : `${before},${value}`;
}

function check(rawName: string, option: Option, value: string): void {
  if (option.choices !== undefined && !option.choices.includes(value)) {
    throw unknown(`${rawName} cannot be ${value}`, value, option.choices, `One of ${option.choices.join(', ')}.`);
  }
  if (option.least === undefined) return;
  if (!/^\d{1,9}$/.test(value) || Number(value) < option.least) {
    throw wrong(`${rawName} cannot be ${value}`, `Give a whole number of at least ${option.least}.`);
  }
}
