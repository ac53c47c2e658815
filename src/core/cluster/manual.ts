import { clusterJsonSchema, type JsonSchema } from './jsonSchema.ts';

interface Row {
  readonly path: string;
  readonly kind: string;
  readonly usual: string;
  readonly meaning: string;
}

/** Every key of cluster.yaml as tables in Markdown, one a section: `[]` stands for the items of a list, `NAME` for a name of yours. */
export function clusterManual(): string {
  const { properties = {}, required = [] } = clusterJsonSchema();
  return Object.entries(properties)
    .map(([name, schema]) => section(name, schema, required.includes(name)))
    .join('\n');
}

function section(name: string, schema: JsonSchema, isRequired: boolean): string {
  const rows = rowsOf(name, schema, isRequired).map(({ path, kind, usual, meaning }) =>
    ['', `\`${path}\``, ...[kind, usual, meaning].map((text) => text.replaceAll('|', String.raw`\|`)), '']
      .join(' | ')
      .trim(),
  );
  return [`### \`${name}\``, '| key | kind | when absent | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function rowsOf(path: string, schema: JsonSchema, isRequired: boolean): Row[] {
  const usual = isRequired ? '*required*' : usualText(schema.default);
  const row = { path, kind: kindOf(schema), usual, meaning: schema.description ?? '' };
  return [row, ...below(path, schema)];
}

function below(path: string, { properties = {}, required = [], items, additionalProperties }: JsonSchema): Row[] {
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return [
    ...Object.entries(properties).flatMap(([key, part]) => rowsOf(`${path}.${key}`, part, required.includes(key))),
    ...(items?.properties === undefined ? [] : below(`${path}[]`, items)),
    ...(rest?.properties === undefined ? [] : below(`${path}.NAME`, rest)),
  ];
}

function kindOf({ type, enum: values, const: value, anyOf, items, additionalProperties }: JsonSchema): string {
  if (value !== undefined) return `\`${value}\``;
  if (values !== undefined) return values.map((one) => `\`${one}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map((one) => kindOf(one)))].join(' or ');
  if (items !== undefined) return items.properties === undefined ? `list: ${meaningOf(items)}` : 'list of mappings';
  if (typeof additionalProperties === 'object') return 'mapping by name';
  return KINDS[type ?? ''] ?? 'anything';
}

const meaningOf = (schema: JsonSchema): string => schema.description ?? kindOf(schema);

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: '`true`, `false`',
  integer: 'whole number',
  number: 'number',
  object: 'mapping',
  array: 'list',
};

/** What is empty is not worth a word. */
function usualText(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
