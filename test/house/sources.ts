import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** A source file of the house, read once. */
export interface SourceFile {
  /** Path from the root of the house, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings blanked, so that a rule about calls sees only code. */
  readonly code: string;
  /** What it imports: a path in the house, or the bare name of a package. */
  readonly imports: readonly string[];
}

const IMPORT = /^(?:import|export)\b[^;'"]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
const QUIET = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;
const FOLDERS = ['src', 'lab', 'bench', 'test'];

export const sources: readonly SourceFile[] = FOLDERS.flatMap((folder) =>
  globSync(`${folder}/**/*.ts`, { cwd: ROOT })
    .toSorted()
    .map((path) => readSource(path)),
);

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, code: blanked(text), imports: importsOf(path, text) };
}

function importsOf(path: string, text: string): string[] {
  return Array.from(text.matchAll(IMPORT), ([, from, bare, late]) => from ?? bare ?? late ?? '').map((name) =>
    name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), name)) : name,
  );
}

/** Length and lines stay, so that a place in `code` is the same place in `text`. Code inside `${ }` stays too. */
function blanked(text: string): string {
  return text.replaceAll(QUIET, (part) => part.replaceAll(/[^\n]/g, ' '));
}

export const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('test/');

/** `path:line` of every match in the code of a file. */
export function places(source: SourceFile, pattern: RegExp): string[] {
  const everywhere = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
  return Array.from(source.code.matchAll(everywhere), (match) => {
    const line = source.code.slice(0, match.index).split('\n').length;
    return `${source.path}:${line}: ${match[0].trim()}`;
  });
}

/** The middle one of the lengths. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
