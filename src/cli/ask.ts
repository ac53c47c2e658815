import { wishRefusal, wishReply, type Safe } from '../core/api/wish.ts';
import { jsonOrNone } from '../core/net/json.ts';
import { askControl, type ControlReply } from '../shell/control.ts';
import { Failure } from '../shell/fail.ts';

/** Asks a boot server what commands may ask of it (`src/core/api/wish.ts`); undefined where it has no such thing. Throws Failure. */
export type Ask = (method: string, path: string, body?: string) => Promise<string | undefined>;

/** The boot server of this host. */
export const askHost0 =
  (control: string): Ask =>
  async (method, path, body) =>
    answerIn(await askControl(control, method, path, body), 'the boot server of this host');

/** What was answered; throws Failure where that is a refusal. `who`: who answered, for people. */
export function answerIn({ status, body }: ControlReply, who: string): string | undefined {
  if (status === 404) return undefined;
  if (status === 200) return body;
  const { success, data } = wishRefusal.safeParse(jsonOrNone(body));
  if (success) throw new Failure(data.sentence, data.remedy, data.exit);
  throw new Failure(`${who} refuses: ${body.slice(0, 300)}`, 'See its log.');
}

interface Shape<T> {
  safeParse(value: unknown): { readonly data?: T | undefined };
}

/** An answer of this form; throws Failure for another one. */
export function replyOf<T>(shape: Shape<T>, answer: string | undefined): T {
  const { data } = shape.safeParse(jsonOrNone(answer ?? ''));
  if (data !== undefined) return data;
  throw new Failure('the boot server answers in a form that this pxen does not know', 'Use the pxen of its release.');
}

/** Where a change is safe. */
export const safeOf = (answer: string | undefined): Safe => replyOf(wishReply, answer).safe;
