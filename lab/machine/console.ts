/** Longest line kept; a guest that prints no end of line must not fill the memory. */
const LONGEST = 2000;
/** Control sequences (ECMA-48 5.4): firmware paints with them. A cursor moved elsewhere (`H`) begins a new line. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const SEQUENCE = /\u001B(?:\[[0-9;?=]*([A-Za-z])|[c78])/g;
// eslint-disable-next-line no-control-regex -- as above
const CONTROL = /[\u0000-\u0009\u000B-\u001F\u007F]/g;
/** A sequence cut in two by the end of a piece. */
// eslint-disable-next-line no-control-regex -- as above
const CUT = /\u001B(\[[0-9;?=]*)?$/;

/** Makes lines of what a serial console prints, without colours and cursor movements. */
export class ConsoleLines {
  #line = '';
  #cut = '';

  /** The lines that `piece` completes. */
  push(piece: string): string[] {
    const text = this.#cut + piece;
    this.#cut = CUT.exec(text)?.[0] ?? '';
    const clean = text
      .slice(0, text.length - this.#cut.length)
      .replaceAll(SEQUENCE, (_, final?: string) => (final === 'H' ? '\n' : ''))
      .replaceAll(CONTROL, '');
    const parts = (this.#line + clean).split('\n');
    this.#line = (parts.pop() ?? '').slice(-LONGEST);
    return parts.map((part) => part.trimEnd().slice(0, LONGEST)).filter((part) => part !== '');
  }

  /** What stands on the last line, not ended yet. */
  get open(): string {
    return this.#line.trimEnd();
  }
}
