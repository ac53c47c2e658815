import { fill, type Level, type Values } from '../core/messages/catalogue.ts';
import { MESSAGES, type MessageId } from '../core/messages.ts';

/** Says a message of the catalogue. A program gets one as an argument and never writes to the terminal itself. */
export interface Log {
  say(id: MessageId, values?: Values): void;
}

const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 };
/** Syslog's prefixes (sd-daemon(3)), so that journald files each line under its level. */
const SYSLOG: Readonly<Record<Level, string>> = { debug: '<7>', info: '<6>', warning: '<4>', error: '<3>' };

/** A log that writes one line a message to `write`, from `least` upwards. */
function lineLog(write: (line: string) => void, least: Level = 'info', syslog = false): Log {
  return {
    say(id, values = {}) {
      const { level, text } = MESSAGES[id];
      if (RANK[level] < RANK[least]) return;
      write(`${syslog ? SYSLOG[level] : ''}${id} ${fill(text, values)}\n`);
    },
  };
}

export const stderrLog = (least: Level = 'info'): Log =>
  lineLog((line) => process.stderr.write(line), least, process.env['JOURNAL_STREAM'] !== undefined);

/** A log that writes each message as one JSON object a line to standard output, for programs. */
export const jsonLog = (least: Level = 'info'): Log => ({
  say(id, values = {}) {
    const { level, text } = MESSAGES[id];
    if (RANK[level] < RANK[least]) return;
    const line = { time: new Date().toISOString(), level, id, text: fill(text, values), values };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
});
