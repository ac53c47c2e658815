import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyText, parseHistory, recorded, versionName, type Change } from './history.ts';
import { lineDiff } from './lineDiff.ts';

const making = {
  before: 'a',
  after: 'b',
  when: '2026-01-02T03:04:05Z',
  who: 'ada@desk',
  what: 'host set ada: name=eve',
};

test('the first change keeps the file as it was found too', () => {
  const { changes, versions, dropped } = recorded([], undefined, making);
  assert.equal(
    historyText(changes),
    '1 2026-01-02T03:04:05Z somebody as it was found\n2 2026-01-02T03:04:05Z ada@desk host set ada: name=eve\n',
  );
  assert.deepEqual(
    [versions, dropped],
    [
      [
        [1, 'a'],
        [2, 'b'],
      ],
      [],
    ],
  );
});

test('what an editor did in between is a change of its own; without it there is one line a change', () => {
  const before = recorded([], undefined, making).changes;
  assert.deepEqual(recorded(before, 'b', { ...making, before: 'c', after: 'd' }).versions, [
    [3, 'c'],
    [4, 'd'],
  ]);
  assert.deepEqual(recorded(before, 'b', { ...making, before: 'b', after: 'd' }).versions, [[3, 'd']]);
});

test('a hundred changes are kept; who and what cannot break a line', () => {
  let changes: readonly Change[] = [];
  let dropped: readonly number[] = [];
  for (let round = 0; round < 150; round++)
    ({ changes, dropped } = recorded(changes, 'a', { ...making, who: 'a b\n', what: `x\n${'y'.repeat(999)}` }));
  assert.deepEqual([changes.length, changes.at(-1)?.number, dropped], [100, 150, [50]]);
  assert.deepEqual(parseHistory(historyText(changes)), changes);
});

test('a torn line of the log is left out, and editors may save it with CRLF', () => {
  assert.deepEqual(
    parseHistory('1 t w a\r\n2 t\nrubbish\n3 t w c d\n').map(({ number, what }) => `${number} ${what}`),
    ['1 a', '3 c d'],
  );
  assert.equal(versionName(17), '000017.yaml');
});

test('a difference is shown with what stands about it', () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
  const other = lines.with(10, 'new').toSpliced(15, 1);
  assert.equal(
    lineDiff(`${lines.join('\n')}\n`, `${other.join('\n')}\n`),
    [
      '...',
      '  line 8',
      '  line 9',
      '- line 10',
      '+ new',
      '  line 11',
      '  line 12',
      '  line 13',
      '  line 14',
      '- line 15',
      '  line 16',
      '  line 17',
      '...',
      '',
    ].join('\n'),
  );
  assert.equal(lineDiff('a', 'a'), '');
});

test('law: a difference tells both texts, whatever they are', () => {
  let state = 3;
  const random = (most: number): number => (state = (state * 48_271) % 2_147_483_647) % most;
  for (let round = 0; round < 300; round++) {
    const text = (): string => Array.from({ length: 1 + random(4) }, () => 'abc'[random(3)]).join('\n');
    const [before, after] = [text(), text()];
    const lines = lineDiff(before, after)
      .split('\n')
      .filter((line) => line !== '' && line !== '...');
    const side = (signs: string): string[] =>
      lines.filter((line) => signs.includes(line[0] ?? '')).map((line) => line.slice(2));
    if (before === after) assert.deepEqual(lines, []);
    else assert.ok(before.includes(side(' -').join('\n')) && after.includes(side(' +').join('\n')));
  }
});
