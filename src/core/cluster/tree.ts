import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import type { Path } from './jsonSchema.ts';

/** Which part of an entry a mistake is about: its key, its value, or the first line of the mapping that lacks something. */
export type Part = 'key' | 'value';

/** Finds the place in a YAML document at which a value of its data stands. */
export class Tree {
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
  }

  /** Offsets of the entry at `path`; of the nearest thing above it that stands in the file where it does not. */
  range(path: Path, part: Part): readonly [number, number] {
    for (let length = path.length; length > 0; length--) {
      const found = this.#rangeOf(path.slice(0, length), length === path.length ? part : 'value');
      if (found !== undefined) return found;
    }
    return offsets(this.#document.contents) ?? [0, 0];
  }

  /** Whether there is something at `path`. */
  stands(path: Path): boolean {
    return this.#node(path) !== undefined;
  }

  /** The scalar at `path` as the person wrote it. */
  written(path: Path): string | undefined {
    const node = this.#node(path);
    return isScalar(node) ? node.source : undefined;
  }

  #rangeOf(path: Path, part: Part): readonly [number, number] | undefined {
    const key = this.#pair(path)?.key;
    const value = this.#node(path);
    const nothing = value === undefined || (isScalar(value) && value.source === '');
    return part === 'key' || nothing ? (offsets(key) ?? offsets(value)) : offsets(value);
  }

  #node(path: Path): Node | undefined {
    const last = path.at(-1);
    if (last === undefined) return this.#resolved(this.#document.contents);
    const above = this.#node(path.slice(0, -1));
    if (typeof last === 'number') return isSeq(above) ? this.#resolved(above.items[last]) : undefined;
    return this.#resolved(this.#pair(path)?.value);
  }

  #pair(path: Path): Pair | undefined {
    const above = this.#node(path.slice(0, -1));
    if (!isMap(above)) return undefined;
    return above.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
  }

  #resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : undefined;
  }
}

function offsets(node: unknown): readonly [number, number] | undefined {
  const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined;
  return range === undefined || range === null ? undefined : [range[0], range[1]];
}
