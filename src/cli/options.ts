/** Options that several verbs take. */

export const json = { meaning: 'as JSON, for programs' };
/** Of the verbs that are about cluster.yaml. */
export const onFile = {
  json,
  file: {
    value: 'FILE',
    meaning: 'this file, or that of a folder laid out like a drive (on host0 the one of its drive)',
  },
};
