import { z } from 'zod';
import { clusterSchema } from './schema.ts';

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
export function clusterJsonSchema(): JsonSchema & Readonly<Record<string, unknown>> {
  const made = z.toJSONSchema(clusterSchema, { io: 'input', reused: 'inline' }) as Record<string, unknown>;
  return { title: 'cluster.yaml of pxen', ...made };
}

let made: JsonSchema | undefined;
/** Made when it is first asked for: a file without mistakes needs it seldom, and a host that begins to serve waits for it. */
const whole = (): JsonSchema => (made ??= clusterJsonSchema());

/** What the schema says about the value at `path`. */
export function schemaAt(path: Path): JsonSchema | undefined {
  let here: JsonSchema | undefined = whole();
  for (const step of path) {
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
