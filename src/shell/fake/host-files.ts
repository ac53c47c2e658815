import { createHash } from 'node:crypto';
import type { HostFiles } from '../host-files.ts';

/** A host's files in memory: paths and their texts. Folders are there as soon as something is in them. */
export class FakeHostFiles implements HostFiles {
  readonly texts: Map<string, string>;
  readonly links: ReadonlyMap<string, string>;
  /** What was poked into devices and files of the kernel, in order. */
  readonly poked: [string, string][] = [];

  constructor(texts: Readonly<Record<string, string>> = {}, links: Readonly<Record<string, string>> = {}) {
    this.texts = new Map(Object.entries(texts));
    this.links = new Map(Object.entries(links));
  }

  async read(file: string): Promise<string | undefined> {
    return this.texts.get(file);
  }

  async tail(file: string, bytes: number): Promise<string | undefined> {
    return this.texts.get(file)?.slice(-bytes);
  }

  async list(folder: string): Promise<readonly string[]> {
    const names = this.#below(folder).map((file) => file.split('/')[0] ?? '');
    return [...new Set(names)].sort();
  }

  async link(file: string): Promise<string | undefined> {
    return this.links.get(file);
  }

  async exists(file: string): Promise<boolean> {
    return this.texts.has(file) || this.links.has(file) || this.#below(file).length > 0;
  }

  async write(file: string, text: string): Promise<void> {
    this.texts.set(file, text);
  }

  async poke(file: string, text: string): Promise<void> {
    this.poked.push([file, text]);
  }

  async sha256(file: string): Promise<string | undefined> {
    const text = this.texts.get(file);
    return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
  }

  #below(folder: string): string[] {
    const paths = [...this.texts.keys(), ...this.links.keys()];
    return paths.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1));
  }
}
