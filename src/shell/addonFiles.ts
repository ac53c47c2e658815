import { addonPath } from '../core/cluster/addons.ts';
import { Source, type Mistake } from '../core/cluster/mistake.ts';
import type { TextFile } from '../core/cluster/places.ts';
import type { Addon } from '../core/cluster/schemaAddons.ts';
import { fromUtf8 } from '../core/net/text.ts';
import { sentenceOf } from './fail.ts';
import type { Files } from './files.ts';

/** An add-on's file that was read without a mistake, or its mistakes. */
export type AddonRead = (TextFile & { readonly addon: Addon }) | { readonly mistakes: readonly Mistake[] };

/** Reads an add-on of a drive; undefined where it is not there. `shown`: how its file is called in mistakes. */
export async function addonIn(files: Files, name: string, shown = addonPath(name)): Promise<AddonRead | undefined> {
  const path = addonPath(name);
  if ((await files.info(path)) === undefined) return undefined;
  try {
    const text = fromUtf8(await files.bytes(path));
    if (text === undefined) return unread(shown, 'it is not text in UTF-8', 'Save it as UTF-8 in your editor.');
    // The parser is loaded here: a boot server without add-ons begins sooner.
    const { parseAddon } = await import('../core/cluster/readAddon.ts');
    const reading = parseAddon(text, shown);
    return 'addon' in reading ? { ...reading, file: shown, text } : reading;
  } catch (error) {
    return unread(shown, `it cannot be read: ${sentenceOf(error)}`, 'Write it anew.');
  }
}

const unread = (file: string, what: string, remedy: string): AddonRead => ({
  mistakes: [new Source(file, '').mistake(0, 0, what, remedy)],
});
