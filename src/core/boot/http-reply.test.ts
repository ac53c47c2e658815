import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  entityReply,
  parseRange,
  sliceParts,
  typeOfPath,
  type Conditions,
  type Entity,
  type Part,
} from './http-reply.ts';
import { confinedPath } from './path.ts';

const bytes = (text: string): Part => ({ kind: 'bytes', bytes: new Uint8Array(Buffer.from(text)) });
const ENTITY: Entity = {
  type: 'text/plain',
  tag: '"t"',
  parts: [{ kind: 'file', path: 'f', from: 0, to: 10 }, bytes('abc'), bytes('defg')],
};
const NONE = { range: undefined, ifRange: undefined, ifNoneMatch: undefined };

test('ranges of a body of 10 bytes (RFC 9110 14.1.2)', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['bytes=0-3', { from: 0, to: 4 }],
    ['bytes=7-', { from: 7, to: 10 }],
    ['bytes=-3', { from: 7, to: 10 }],
    ['bytes=-30', { from: 0, to: 10 }],
    ['bytes=9-99', { from: 9, to: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-1', undefined],
  ];
  for (const [header, wanted] of cases) assert.deepEqual(parseRange(header, 10), wanted, header);
});

test('a stretch goes across parts', () => {
  assert.deepEqual(sliceParts(ENTITY.parts, 8, 14), [
    { kind: 'file', path: 'f', from: 8, to: 10 },
    bytes('abc'),
    bytes('d'),
  ]);
  assert.deepEqual(sliceParts(ENTITY.parts, 11, 12), [bytes('b')]);
  assert.deepEqual(sliceParts(ENTITY.parts, 17, 20), []);
});

test('H7: whole, part, nothing new, nothing there', () => {
  const whole = entityReply(ENTITY, NONE);
  assert.deepEqual([whole.status, whole.length, whole.headers['ETag']], [200, 17, '"t"']);
  const part = entityReply(ENTITY, { ...NONE, range: 'bytes=8-13' });
  assert.deepEqual([part.status, part.length, part.headers['Content-Range']], [206, 6, 'bytes 8-13/17']);
  const over = entityReply(ENTITY, { ...NONE, range: 'bytes=17-' });
  assert.deepEqual([over.status, over.length, over.headers['Content-Range']], [416, 0, 'bytes */17']);
  assert.equal(entityReply(ENTITY, { ...NONE, ifNoneMatch: '"x", W/"t"' }).status, 304);
});

test('a range of an older version gets the whole new one', () => {
  const range = 'bytes=8-13';
  assert.equal(entityReply(ENTITY, { ...NONE, range, ifRange: '"t"' }).status, 206);
  assert.equal(entityReply(ENTITY, { ...NONE, range, ifRange: '"old"' }).status, 200);
});

test('what did not change since a date is not sent again, and a tag goes before a date', () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  const entity = { ...ENTITY, modified: at + 789 };
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
  const status = (asked: Partial<Conditions>): number => entityReply(entity, { ...NONE, ...asked }).status;
  assert.equal(entityReply(entity, NONE).headers['Last-Modified'], date);
  assert.equal(status({ ifModifiedSince: date }), 304);
  assert.equal(status({ ifModifiedSince: 'Fri, 02 Jan 2026 03:04:04 GMT' }), 200);
  assert.equal(status({ ifModifiedSince: 'nonsense' }), 200);
  assert.equal(status({ ifModifiedSince: date, ifNoneMatch: '"other"' }), 200);
  assert.equal(status({ range: 'bytes=0-1', ifRange: date }), 206);
  assert.equal(status({ range: 'bytes=0-1', ifRange: 'Fri, 02 Jan 2026 03:04:04 GMT' }), 200);
});

test('what is made anew is kept by no cache, a file only until it is asked for again', () => {
  const made: Entity = { type: 'text/plain', tag: undefined, parts: [bytes('x')] };
  const cache = (entity: Entity): string | undefined => entityReply(entity, NONE).headers['Cache-Control'];
  assert.deepEqual([cache(made), cache(ENTITY)], ['no-store', 'no-cache']);
});

test('H6: firmware is told what a file is by its name, in any case', () => {
  assert.equal(typeOfPath('loaders/SNPONLY.EFI'), 'application/efi');
  assert.equal(typeOfPath('a/disk.Img'), 'application/vnd.efi-img');
  assert.equal(typeOfPath('a/cd.ISO'), 'application/vnd.efi-iso');
  assert.equal(typeOfPath('releases/1/vmlinuz'), 'application/octet-stream');
});

test('I14: no path leads out of boot/', () => {
  for (const bad of ['..', '../x', 'a/../../x', '..\\x', 'a\\..\\..\\x', '', '/', 'a\0b', 'a\nb', './..']) {
    assert.equal(confinedPath(bad), undefined, JSON.stringify(bad));
  }
  for (const good of ['a/b', '/a/b', '//a//b', '\\a\\b', './a/./b', 'a/b/']) assert.equal(confinedPath(good), 'a/b');
  assert.equal(confinedPath('a..b'), 'a..b');
});
