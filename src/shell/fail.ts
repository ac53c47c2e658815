/**
 * A failure that the administrator can do something about. `exit` follows the house rule: 1 it failed, 2 the call or a
 * file is wrong. The command line prints the sentence and the remedy, never a stack.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly remedy: string;
  readonly exit: 1 | 2;

  constructor(message: string, remedy: string, exit: 1 | 2 = 1, cause?: unknown) {
    super(message, { cause });
    this.remedy = remedy;
    this.exit = exit;
  }
}

/** The sentence of whatever was thrown. */
export const sentenceOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
