import { editedText, EditError, valueText, type Value } from '../cluster/edit.ts';
import { parseSecrets } from './read.ts';

const NEW = 'version: 1\nsecrets:\n';

/** The text with an entry, or without it where `value` is undefined; all else stays as it was. Throws EditError. */
export function withSecret(text: string | undefined, name: string, value: Value | undefined): string {
  const before = text === undefined || text.trim() === '' ? NEW : text;
  const names = namesIn(before);
  if (value === undefined) {
    if (!names.includes(name)) return before;
    return editedText(before, names.length === 1 ? ['secrets'] : ['secrets', name], undefined);
  }
  return names.length > 0 ? editedText(before, ['secrets', name], value) : withFirst(before, name, value);
}

function namesIn(text: string): string[] {
  const reading = parseSecrets(text, '');
  return 'secrets' in reading ? [...reading.secrets.keys()] : [];
}

/** Below a `secrets:` that holds nothing, else at the end of the file. */
function withFirst(text: string, name: string, value: Value): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const entry = `  ${name}: ${valueText(value)}`;
  const empty = /^secrets:[ \t]*(?:\{[ \t]*\})?[ \t]*(#[^\r\n]*)?(\r?)$/m;
  const edited = empty.test(text)
    ? text.replace(empty, (_line, note: string | undefined, end: string) => {
        return `secrets:${note === undefined ? '' : ` ${note}`}${eol}${entry}${end}`;
      })
    : `${text}${text.endsWith('\n') ? '' : eol}secrets:${eol}${entry}${eol}`;
  if (namesIn(edited).length !== 1) throw new EditError('the file is written in a way that only a person can change');
  return edited;
}
