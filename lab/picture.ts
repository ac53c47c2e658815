/** What a run printed, as a picture of a terminal (SVG 1.1). */

const LINE = 17;
const LEFT = 20;
const TOP = 34;
const WIDTH = 820;

/** The first that fits gives a line its colour: the call, what comes to life, what is ready, what ends, what is said. */
const COLOURS: readonly (readonly [RegExp, string])[] = [
  [/^\$/, '#7ee787'],
  [/: (power on|woken by .*)$/, '#79c0ff'],
  [/: ready$/, '#7ee787'],
  [/power (cut|is cut)|PANICKED|failed/, '#ff7b72'],
  [/^lab: [a-z]/, '#d2a8ff'],
];
const USUAL = '#c9d1d9';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (char) => ENTITIES[char] ?? char);
const colourOf = (line: string): string => COLOURS.find(([pattern]) => pattern.test(line))?.[1] ?? USUAL;

/** `command` as a person typed it, and what came of it, line by line. */
export function picture(command: string, output: string): string {
  const lines = [`$ ${command}`, ...output.split('\n').filter((line) => line !== '')];
  const height = TOP + LINE * lines.length;
  const texts = lines.map(
    (line, at) =>
      `<text x="${LEFT}" y="${TOP + LINE * at}" fill="${colourOf(line)}" xml:space="preserve">${escaped(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}
