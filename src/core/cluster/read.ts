import { LineCounter, parseDocument, type Document } from 'yaml';
import { EditError } from './edit.ts';
import type { Finding } from './finding.ts';
import { schemaAt, type Path } from './jsonSchema.ts';
import { migrated, MIGRATIONS, type Migration } from './migrate.ts';
import { Source, type Mistake } from './mistake.ts';
import { clusterSchema, type Cluster } from './schema.ts';
import { readable } from './sense.ts';
import { accessFindings } from './senseAccess.ts';
import { bootFindings } from './senseBoot.ts';
import { hostFindings } from './senseHosts.ts';
import { memberFindings } from './senseMembers.ts';
import { networkFindings } from './senseNetworks.ts';
import { optionFindings } from './senseOptions.ts';
import { poolFindings } from './sensePools.ts';
import { settingsFindings } from './senseSettings.ts';
import { namelessFindings, selectorFindings, vmFindings } from './senseRest.ts';
import { shapeFindings } from './shape.ts';
import { syntaxMistakes } from './syntax.ts';
import { Tree } from './tree.ts';

export type Reading = { readonly cluster: Cluster } | { readonly mistakes: readonly Mistake[] };

/** Characters. A thousand hosts and VMs need a fifth of it. */
const LONGEST = 1_000_000;
/** Uses of anchors; more than that is an alias bomb. */
const MOST_ALIASES = 100;

/** In a file of FAT zeroes stand where the power failed before its content was written; YAML would take them in a comment. */
const ZERO = '\0';
const CUT = 'a zero stands here, where text should be';
const REMEDY = 'Was the drive pulled while the file was being written? Write anew what stood here.';

/**
 * Reads `cluster.yaml`, whole: every mistake that can be found is found at once. Accepts what editors leave behind (BOM,
 * CRLF). `file` is only named in mistakes. One of an older version is read as its migration makes it, mistakes with the places
 * that they would have then.
 */
export function parseCluster(text: string, file: string, migrations: readonly Migration[] = MIGRATIONS): Reading {
  const source = new Source(file, text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  const whole = (what: string, remedy: string): Reading => ({ mistakes: [source.mistake(0, 0, what, remedy)] });
  if (source.text.length > LONGEST) {
    return whole('the file is longer than a million characters', 'Is this the right file?');
  }
  const zero = source.text.indexOf(ZERO);
  if (zero >= 0) return { mistakes: [source.mistake(zero, zero + 1, CUT, REMEDY)] };
  try {
    return readDocument(forward(source, migrations));
  } catch (thrown) {
    // The YAML library and this reader recurse; the library refuses too many aliases by throwing.
    if (thrown instanceof RangeError) return whole('the file is nested too deeply', 'Is this the right file?');
    if (thrown instanceof ReferenceError) return whole('the file uses too many aliases', 'Write out what `*` repeats.');
    throw thrown;
  }
}

/** One that cannot be brought forward is read as it is: its version is then the mistake. */
function forward(source: Source, migrations: readonly Migration[]): Source {
  try {
    const text = migrated(source.text, migrations);
    return text === source.text ? source : new Source(source.file, text);
  } catch (thrown) {
    if (thrown instanceof EditError) return source;
    throw thrown;
  }
}

function readDocument(source: Source): Reading {
  const document = parseDocument(source.text, {
    prettyErrors: false,
    uniqueKeys: true,
    lineCounter: new LineCounter(),
  });
  const syntax = syntaxMistakes(source, document);
  if (syntax.length > 0) return { mistakes: syntax };
  return readData(source, document);
}

function readData(source: Source, document: Document): Reading {
  const raw: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  if (raw === null || raw === undefined) {
    const mistake = source.mistake(
      0,
      0,
      'the file is empty',
      'Write at least `version: 1` and `cluster: { name: lab }`.',
    );
    return { mistakes: [mistake] };
  }
  const root = holdsNull(raw) ? withoutEmpty(raw, []) : raw;
  const tree = new Tree(document);
  const shape = clusterSchema.safeParse(root);
  const findings = [
    ...(shape.success ? [] : shapeFindings(shape.error.issues, root, (path) => tree.written(path))),
    ...senseFindings(root),
  ];
  if (shape.success && findings.length === 0) return { cluster: shape.data };
  return { mistakes: placed(source, tree, findings) };
}

function senseFindings(root: unknown): Finding[] {
  const parts = readable(root);
  return [
    ...accessFindings(parts),
    ...networkFindings(parts.networks),
    ...poolFindings(parts.networks),
    ...optionFindings(parts.networks),
    ...optionFindings(parts.hosts),
    ...optionFindings(parts.profiles),
    ...bootFindings(parts, root),
    ...hostFindings(parts),
    ...memberFindings(parts, root),
    ...namelessFindings(root),
    ...selectorFindings(parts),
    ...settingsFindings(parts),
    ...vmFindings(parts),
  ];
}

const holdsNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));

/** A key with nothing after it, such as `hosts:` with every host commented out, is an empty list or mapping. */
function withoutEmpty(value: unknown, path: Path): unknown {
  const type = schemaAt(path)?.type;
  if (value === null && type === 'array') return [];
  if (value === null && type === 'object') return {};
  if (Array.isArray(value)) return value.map((item: unknown, index) => withoutEmpty(item, [...path, index]));
  if (typeof value !== 'object' || value === null || type !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutEmpty(item, [...path, key])]));
}

/** What an alias repeats is wrong only once. */
function distinct(mistakes: readonly Mistake[]): Mistake[] {
  const key = ({ line, column, what }: Mistake): string => `${line}:${column} ${what}`;
  return [...new Map(mistakes.toReversed().map((mistake) => [key(mistake), mistake])).values()];
}

function placed(source: Source, tree: Tree, findings: readonly Finding[]): Mistake[] {
  const mistakes = findings.map(({ path, part, what, remedy, also }) => {
    const mistake = source.mistake(...tree.range(path, part), what, remedy);
    if (also === undefined) return mistake;
    const other = source.mistake(...tree.range(also, part), what, remedy);
    return { ...mistake, remedy: remedy.replace('{line}', String(other.line)) };
  });
  return distinct(mistakes).toSorted((a, b) => a.line - b.line || a.column - b.column);
}
