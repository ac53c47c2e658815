import { visit, type Document, type YAMLError } from 'yaml';
import type { Mistake, Source } from './mistake.ts';

/** What the YAML reader's codes mean to somebody who does not know YAML's grammar. */
const SENTENCES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  TAB_AS_INDENT: ['a tab stands where YAML wants spaces', 'Indent with spaces only.'],
  DUPLICATE_KEY: ['this key stands twice in the same mapping', 'Keep one of the two.'],
  MULTIPLE_DOCS: ['a second document begins here', 'Remove the line `---`; the file holds one document.'],
  BAD_INDENT: ['the indentation fits nothing above it', 'Line it up with the entries it belongs to.'],
  MULTILINE_IMPLICIT_KEY: ['a key cannot go over several lines', 'Is a `:` missing at the end of this line?'],
  BLOCK_AS_IMPLICIT_KEY: ['a second `:` stands on this line', 'Put the value in quotes, or begin a new line.'],
  BLOCK_IN_FLOW: [
    'an indented block cannot stand inside brackets',
    'Write it with `{ }` or `[ ]`, or without the outer ones.',
  ],
  UNEXPECTED_TOKEN: ['this cannot stand here', 'Put a text with special characters in quotes; close what was opened.'],
  MISSING_CHAR: ['a character is missing here', 'Close what was opened: a quote, a bracket, or a `:` after the key.'],
  BAD_DQ_ESCAPE: ['this is no escape that YAML knows', 'Use single quotes, or write the backslash twice.'],
  BAD_SCALAR_START: ['a text cannot begin with this character', 'Put the text in quotes.'],
  BAD_ALIAS: ['this alias is malformed', 'Put a text that begins with `*` or `&` in quotes.'],
  BAD_COLLECTION_TYPE: ['this tag does not fit its value', 'Remove the tag.'],
  TAG_RESOLVE_FAILED: ['pxen knows no such tag', 'Remove the tag; put a text that begins with `!` in quotes.'],
  KEY_OVER_1024_CHARS: ['this key is longer than 1,024 characters', 'Is a quote or a `:` missing?'],
  NON_STRING_KEY: ['a key must be a plain text', 'Put the key in quotes.'],
  RESOURCE_EXHAUSTION: ['the file is nested too deeply', 'Is this the right file?'],
  IMPOSSIBLE: ['this is no YAML', 'Compare the file with the example in README.txt.'],
};

/** The mistakes of grammar; one that follows from another on the same line is left out. */
export function syntaxMistakes(source: Source, document: Document): Mistake[] {
  const mistakes = [...document.errors, ...document.warnings].map((error) => {
    const [what, remedy] = sentence(error);
    return source.mistake(error.pos[0], error.pos[1], what, remedy);
  });
  if (mistakes.length === 0) mistakes.push(...unknownAliases(source, document));
  return mistakes.filter(({ line }, index) => mistakes.findIndex((other) => other.line === line) === index);
}

function sentence({ code, message }: YAMLError): readonly [what: string, remedy: string] {
  if (code === 'BAD_INDENT' && message.startsWith('Flow'))
    return ['a bracket above this line is not closed', 'Close it.'];
  if (code === 'MISSING_CHAR' && message.includes('quote')) return ['a quote is opened and never closed', 'Close it.'];
  return SENTENCES[code] ?? [message, 'Compare the file with the example in README.txt.'];
}

/** The library notices an alias without its anchor only when it makes data of the document, and then without a place. */
function unknownAliases(source: Source, document: Document): Mistake[] {
  const mistakes: Mistake[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      const [start, end] = alias.range ?? [0, 0];
      const remedy = 'Write the anchor `&name` before its alias; put a text that begins with `*` in quotes.';
      mistakes.push(source.mistake(start, end, `nothing above is called \`&${alias.source}\``, remedy));
    },
  });
  return mistakes;
}
