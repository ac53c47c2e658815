import { Failure } from './fail.ts';

/** What is typed and must not be seen: from a terminal without echo, else from standard input. */
export interface Hidden {
  /** Whether somebody sits at a terminal. */
  readonly isTerminal: boolean;
  /** A line that is typed; throws Failure where it is broken off. */
  ask(question: string): Promise<string>;
  /** All of standard input, without the line end behind it. */
  rest(): Promise<string>;
}

const [ENTER, LINE, END, BREAK, CLEAR, DELETE, BACK] = ['\r', '\n', '\u0004', '\u0003', '\u0015', '\u007F', '\b'];

/** The keys of this program's terminal. */
export const hidden: Hidden = {
  get isTerminal() {
    return process.stdin.isTTY;
  },
  async ask(question) {
    const { stdin, stderr } = process;
    stderr.write(question);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    try {
      return await typed(stdin);
    } finally {
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    }
  },
  async rest() {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(Buffer.from(part as Buffer));
    return Buffer.concat(parts)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  },
};

/** One line of keys, with the ways in which a terminal lets one correct it. */
export function typed(keys: AsyncIterable<unknown> & NodeJS.EventEmitter): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line: string[] = [];
  const take = (text: unknown): void => {
    for (const key of String(text)) {
      if (key === ENTER || key === LINE || key === END) resolve(line.join(''));
      else if (key === BREAK) reject(new Failure('it was broken off', 'Nothing is changed.', 1));
      else if (key === CLEAR) line = [];
      else if (key === DELETE || key === BACK) line = line.slice(0, -1);
      else line = [...line, key];
    }
  };
  keys.on('data', take);
  return promise.finally(() => keys.removeListener('data', take));
}
