import { EditError, type Value } from '../cluster/edit.ts';
import { mistakesText } from '../cluster/mistake.ts';
import { nearest } from '../cluster/near.ts';
import { withSecret } from './edit.ts';
import { misfit, type Refused } from './fitting.ts';
import { parseSecrets, type SecretsFile } from './read.ts';
import type { Reference } from './references.ts';

/** An entry as it is to become; without a value it is taken out. */
export interface SecretChange {
  readonly name: string;
  readonly value: string | { readonly wrapped: string } | null;
}

export type Changed = { readonly text: string } | { readonly refused: Refused };

const refused = (sentence: string, remedy: string): Changed => ({ refused: [sentence, remedy] });

/**
 * The text of `secrets.yaml` with all of the changes, or why none is made. `file`: its name in sentences; `references`: what
 * cluster.yaml names.
 */
export function changedSecrets(
  text: string | undefined,
  changes: readonly SecretChange[],
  references: readonly Reference[],
  file: string,
): Changed {
  const before = readOrBlank(text, file);
  if ('mistakes' in before) {
    return refused(`${file} has mistakes\n${mistakesText(before.mistakes)}`, 'Correct them in your editor.');
  }
  for (const change of changes) {
    const why = whyNot(change, before.secrets, references, file);
    if (why !== undefined) return { refused: why };
  }
  return withAll(text, changes, file);
}

const readOrBlank = (text: string | undefined, file: string) =>
  text === undefined || text.trim() === '' ? { secrets: new Map() } : parseSecrets(text, file);

function withAll(text: string | undefined, changes: readonly SecretChange[], file: string): Changed {
  let after = text;
  try {
    for (const { name, value } of changes) after = withSecret(after, name, valueOf(value));
  } catch (error) {
    if (error instanceof EditError) return refused(error.message, 'Change it in your editor.');
    throw error;
  }
  const reading = parseSecrets(after ?? '', file);
  if ('secrets' in reading) return { text: after ?? '' };
  const what = `nothing is changed, for ${file} would have mistakes\n${mistakesText(reading.mistakes)}`;
  return refused(what, 'Change it in your editor.');
}

const valueOf = (value: SecretChange['value']): Value | undefined =>
  value === null || typeof value === 'string' ? (value ?? undefined) : { wrapped: value.wrapped };

function whyNot(
  { name, value }: SecretChange,
  secrets: SecretsFile,
  references: readonly Reference[],
  file: string,
): Refused | undefined {
  if (value === null) return secrets.has(name) ? whyNamed(name, references) : absent(name, secrets, file);
  return typeof value === 'string' ? unfit(name, value, references) : undefined;
}

/** What stands against a value under a name; undefined where nothing does. What is wrapped is to be asked about before it is. */
export function unfit(name: string, value: string, references: readonly Reference[]): Refused | undefined {
  const wrong = references
    .filter((one) => one.name === name)
    .map((user) => misfit(user, value))
    .find((one) => one !== undefined);
  return wrong && [`what was given for ${name} is ${wrong[0]}, which cluster.yaml wants there`, wrong[1]];
}

/** A secret that is named is not forgotten. */
function whyNamed(name: string, references: readonly Reference[]): Refused | undefined {
  const user = references.find((one) => one.name === name);
  if (user === undefined) return undefined;
  const what = `cluster.yaml names ${name} at ${user.path.slice(0, -1).join('.')}`;
  return [what, 'Take it out there first: pxen config edit.'];
}

/** Of a name that the file does not have. */
export function absent(name: string, secrets: SecretsFile, file: string): Refused {
  const near = nearest(name, [...secrets.keys()]);
  return [`${file} has no entry ${name}`, near === undefined ? 'See pxen secrets list.' : `Did you mean ${near}?`];
}
