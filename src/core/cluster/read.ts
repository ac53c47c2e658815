import { EditError } from './edit.ts';
import type { Finding } from './finding.ts';
import { readForm, type Form } from './form.ts';
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

export type Reading = { readonly cluster: Cluster } | { readonly mistakes: readonly Mistake[] };

/**
 * Reads `cluster.yaml`, whole: every mistake that can be found is found at once. Accepts what editors leave behind (BOM,
 * CRLF). `file` is only named in mistakes. One of an older version is read as its migration makes it, mistakes with the places
 * that they would have then.
 */
export function parseCluster(text: string, file: string, migrations: readonly Migration[] = MIGRATIONS): Reading {
  const form: Form<Cluster> = {
    schema: clusterSchema,
    at: [],
    sense: senseFindings,
    least: 'Write at least `version: 1` and `cluster: { name: lab }`.',
    forward: (source) => forward(source, migrations),
  };
  const reading = readForm(text, file, form);
  return 'value' in reading ? { cluster: reading.value } : reading;
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
    ...settingsFindings(parts.settings),
    ...vmFindings(parts),
  ];
}
