import { parseDocument } from 'yaml';
import { ADDON_FILE, ADDONS } from '../image/layout.ts';
import { addonPath } from './addons.ts';
import { plainText, readForm, type Form } from './form.ts';
import { Source, type Mistake } from './mistake.ts';
import { nearest } from './near.ts';
import { addonSchema, type Addon } from './schemaAddons.ts';
import { withoutMistakes } from './sense.ts';
import { settingsFindings } from './senseSettings.ts';
import { Tree } from './tree.ts';

export type AddonReading = { readonly addon: Addon } | { readonly mistakes: readonly Mistake[] };

const FORM: Form<Addon> = {
  schema: addonSchema,
  at: [ADDON_FILE],
  sense(root) {
    const value = withoutMistakes(addonSchema, root);
    return value === undefined ? [] : settingsFindings([{ path: [ADDON_FILE], value }]);
  },
  least: 'Write what it sets, such as `packages: [htop]`.',
  forward: (source) => source,
};

/** Reads an `addon.yaml`, whole, as `parseCluster` does the other one. `file` is only named in mistakes. */
export function parseAddon(text: string, file: string): AddonReading {
  const reading = readForm(text, file, FORM);
  return 'value' in reading ? { addon: reading.value } : reading;
}

/** An add-on that a cluster.yaml switches on and that is not there. `folders`: those that are, by name. */
export function missingAddon(text: string, file: string, name: string, folders: readonly string[]): Mistake {
  const source = new Source(file, plainText(text));
  const [start, end] = new Tree(parseDocument(source.text)).range([ADDONS, name], 'key');
  const near = folders.includes(name) ? undefined : nearest(name, folders);
  const remedy = near === undefined ? 'Put it there, or write `enabled: false`.' : `Did you mean \`${near}\`?`;
  return source.mistake(start, end, `there is no ${addonPath(name)} beside ${file}`, remedy);
}
