import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOMS, roomOf } from './rooms.ts';
import { isTest, sources } from './sources.ts';

test('every import is allowed by the table of rooms', () => {
  const broken = sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, imports }) => {
      const room = roomOf(path);
      if (room === undefined) return [];
      const bad = imports.filter((name) => !room.mayImport.some((pattern) => pattern.test(name)));
      return bad.map((name) => `${path} imports ${name}`);
    });
  assert.deepEqual(broken, []);
});

test('every source file outside tests and benches stands in a room', () => {
  const homeless = sources.filter(({ path }) => !isTest(path) && !path.startsWith('bench/') && !roomOf(path));
  assert.deepEqual(
    homeless.map(({ path }) => path),
    [],
  );
});

/** `src/build/layer.ts` says what goes onto hosts; verbs load the rest of the command line one by one. */
const ON_HOSTS =
  /^src\/(core\/(?!image\/recipe\/)|shell\/|host0\/|agent\/|cli\/(main|verbs|call|help|failure|notOnHosts)\.ts$)/;

test('what every host carries leans on nothing that stays at home', () => {
  const broken = sources
    .filter(({ path }) => ON_HOSTS.test(path) && !isTest(path))
    .flatMap(({ path, text }) => {
      const names = Array.from(text.matchAll(/^(?:import|export) [^;]*?from '(\.[^']*)'/gm), ([, name = '']) => name);
      return names.filter((name) => /\/(build|recipe)\//.test(name)).map((name) => `${path} imports ${name}`);
    });
  assert.deepEqual(broken, []);
});

test('nobody imports a test, and only tests import what stands under test/', () => {
  const broken = sources.flatMap(({ path, imports }) =>
    imports.filter((name) => name.endsWith('.test.ts') || (name.startsWith('test/') && !isTest(path))),
  );
  assert.deepEqual(broken, []);
});

test('the table is not empty of files: every room holds some', () => {
  const empty = ROOMS.filter(({ room }) => !sources.some(({ path }) => path.startsWith(room)));
  assert.deepEqual(empty, []);
});

test('real interfaces are wired only in main.ts and serve.ts: host0 and agent name no real clock or network elsewhere', () => {
  const broken = sources
    .filter(({ path }) => /^src\/(host0|agent)\//.test(path) && !isTest(path) && !/\/(main|serve)\.ts$/.test(path))
    .flatMap(({ path, text }) => (/^import \{[^}]*\brealClock\b/m.test(text) ? [path] : []));
  assert.deepEqual(broken, []);
});
