/** How much a message wants to be seen. */
export type Level = 'debug' | 'info' | 'warning' | 'error';

/** One message of the catalogue. `text` has holes like `{mac}` that the caller fills. */
export interface Message {
  readonly level: Level;
  readonly text: string;
  /** What has happened, for somebody who meets the message for the first time. */
  readonly meaning: string;
  /** What to do about it; `none` where nothing is to be done. */
  readonly action: string;
}

export type Catalogue = Readonly<Record<string, Message>>;
export type Values = Readonly<Record<string, string | number | boolean>>;

/** The text of a message with its holes filled; a hole without a value stays visible. */
export function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}
