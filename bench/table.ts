import { figureText } from './numbers.ts';
import type { BenchResult, Goal } from './result.ts';

/** What is wanted, as a person reads it. */
const wantedText = ({ least, most }: Goal): string =>
  [least === undefined ? '' : `at least ${figureText(least)}`, most === undefined ? '' : `at most ${figureText(most)}`]
    .filter(Boolean)
    .join(', ');

/** Every goal of a result, a line each, for the terminal. */
export function resultText({ bench, quick, ratio, limit }: BenchResult): string {
  const goals = [...Object.values(ratio), ...Object.values(limit)];
  const width = Math.max(0, ...goals.map(({ title }) => title.length));
  const lines = goals.map((goal) => {
    const value = figureText(goal.value).padStart(8);
    return `${goal.title.padEnd(width)} ${value}  ${wantedText(goal)}${goal.met ? '' : ': MISSED'}`;
  });
  const last = `${bench}: ${goals.filter(({ met }) => met).length} of ${goals.length} goals met`;
  return [...lines, `${last}${quick ? ' in a quick run, which claims nothing' : ''}`, ''].join('\n');
}

/** The README's table: a row a group of goals, from the committed results. */
export function readmeTable(results: readonly BenchResult[]): string {
  const rows = results.flatMap((result) => groupsOf(result).map((goals) => row(result.bench, goals)));
  const head = ['| | what | pxen | wanted | held |', '|---|---|---|---|---|'];
  return [...head, ...rows, '', ...results.map(sourceText)].join('\n');
}

function groupsOf({ ratio, limit }: BenchResult): Goal[][] {
  const all = [...Object.values(ratio), ...Object.values(limit)];
  return [...Map.groupBy(all, ({ group }) => group).values()];
}

function row(bench: string, goals: readonly Goal[]): string {
  const [first] = goals;
  if (first === undefined) return '';
  const values = goals.map(({ value }) => value);
  const [low, high] = [figureText(Math.min(...values)), figureText(Math.max(...values))];
  const held = goals.filter(({ met }) => met).length;
  const answer = goals.length === 1 ? (held === 1 ? 'yes' : 'no') : `${held} of ${goals.length}`;
  return `| ${bench.toUpperCase()} | ${first.group} | ${low === high ? low : `${low} to ${high}`} | ${wantedText(first)} | ${answer} |`;
}

/** Where the figures of one bench come from. */
function sourceText({ bench, quick, machine, peers }: BenchResult): string {
  const { processor, processors, kernel } = machine;
  const versions = Object.entries(peers).map(([name, { version }]) => `${name} ${version}`);
  const plain = `[${bench.toUpperCase()}](bench/results/${bench}.svg): ${versions.join(', ')}; ${processor} x ${processors}, Linux ${kernel}`;
  return `- ${plain}${quick ? '; **a quick run, which claims nothing**' : ''}`;
}
