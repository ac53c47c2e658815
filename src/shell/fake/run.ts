import { Failure } from '../fail.ts';
import { shellLine, type Run } from '../run.ts';

/** What a command prints, or an error that it fails with. The longest beginning of the command line decides. */
export type Answers = Readonly<Record<string, string | Error>>;

/** Runs nothing: answers by the table, and keeps what was asked. A command that no line covers is not installed. */
export function fakeRun(answers: Answers, asked: string[] = []): Run {
  const starts = Object.keys(answers).sort((a, b) => b.length - a.length);
  return async (command) => {
    const line = shellLine(command);
    asked.push(line);
    const start = starts.find((candidate) => line.startsWith(candidate));
    const answer = start === undefined ? undefined : answers[start];
    if (answer === undefined) throw new Failure(`the program ${command[0] ?? ''} is not installed`, 'Install it.');
    if (typeof answer !== 'string') throw answer;
    return { code: 0, stdout: answer, stderr: '' };
  };
}
