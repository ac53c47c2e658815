import { z } from 'zod';
import { ADDON_FILE } from '../image/layout.ts';
import { clusterSchema } from './schema.ts';
import { addonSchema } from './schemaAddons.ts';

/** The part of JSON Schema that zod writes and that is read back here, to know which keys stand where. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly required?: readonly string[];
}

export type Path = readonly (string | number)[];

/** The published JSON Schema of `cluster.yaml`: what a person may write, before defaults. */
export const clusterJsonSchema = (): Published => published('cluster.yaml of pxen', clusterSchema);
/** That of an add-on's file. */
export const addonJsonSchema = (): Published => published('addon.yaml of pxen', addonSchema);

type Published = JsonSchema & Readonly<Record<string, unknown>>;

const published = (title: string, schema: z.ZodType): Published => ({
  title,
  ...(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as Record<string, unknown>),
});

let [cluster, addon]: [JsonSchema | undefined, JsonSchema | undefined] = [undefined, undefined];

/** What the schema says about the value at `path`; one that begins with `addon.yaml` is of such a file. */
export function schemaAt(path: Path): JsonSchema | undefined {
  const isAddon = path[0] === ADDON_FILE;
  // Made when it is first asked for: a file without mistakes needs it seldom, and a host that begins to serve waits for it.
  let here: JsonSchema | undefined = isAddon ? (addon ??= addonJsonSchema()) : (cluster ??= clusterJsonSchema());
  for (const step of isAddon ? path.slice(1) : path) {
    const rest: JsonSchema | boolean | undefined = here?.additionalProperties;
    here =
      typeof step === 'number'
        ? here?.items
        : (here?.properties?.[step] ?? (typeof rest === 'object' ? rest : undefined));
  }
  return here;
}

/** The keys that may stand in the mapping at `path`. */
export function keysAt(path: Path): string[] {
  return Object.keys(schemaAt(path)?.properties ?? {});
}
