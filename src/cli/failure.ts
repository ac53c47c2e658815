import { fileURLToPath } from 'node:url';
import { Failure, sentenceOf } from '../shell/fail.ts';
import { paint } from '../shell/terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a person is told about whatever was thrown: what it is and what to do; the stack only where they ask for it. */
export function failureText(thrown: unknown, stream: { isTTY?: boolean }, environment: Environment): string {
  const colour = paint(stream, environment);
  const stack = environment['PXEN_DEBUG'] === '1' ? `${stackOf(thrown)}\n` : '';
  const [sentence, remedy] = said(thrown);
  return `${stack}${colour('red', 'error:')} ${sentence}\n${colour('bold', 'remedy:')} ${remedy}\n`;
}

function said(thrown: unknown): readonly [sentence: string, remedy: string] {
  if (thrown instanceof Failure) return [thrown.message, thrown.remedy];
  const place = placeOf(thrown);
  return [
    `this is a defect in pxen: ${sentenceOf(thrown)}${place === undefined ? '' : ` (${place})`}`,
    'Please report it with the command; PXEN_DEBUG=1 shows the whole stack.',
  ];
}

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);

/** File and line of the topmost place in pxen's own code, from where pxen stands. */
function placeOf(thrown: unknown): string | undefined {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const [, place] = /\(?(?:file:\/\/)?(\/[^\s()]+:\d+):\d+\)?$/m.exec(ownFrames(stackOf(thrown), root)) ?? [];
  return place?.replace(root, '');
}

function ownFrames(stack: string, root: string): string {
  return stack
    .split('\n')
    .filter((line) => line.includes(root) && !line.includes('node_modules'))
    .join('\n');
}
