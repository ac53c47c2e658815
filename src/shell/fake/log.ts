import type { MessageId } from '../../core/messages.ts';
import { fill, type Values } from '../../core/messages/catalogue.ts';
import { MESSAGES } from '../../core/messages.ts';
import type { Log } from '../log.ts';

/** A log that remembers. */
export class FakeLog implements Log {
  readonly said: { readonly id: MessageId; readonly text: string }[] = [];

  say(id: MessageId, values: Values = {}): void {
    this.said.push({ id, text: fill(MESSAGES[id].text, values) });
  }

  of(id: MessageId): string[] {
    return this.said.filter((one) => one.id === id).map((one) => one.text);
  }
}
