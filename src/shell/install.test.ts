import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from './fail.ts';
import { install, missingPackages, type Installer } from './install.ts';
import type { Run } from './run.ts';

/** A Debian machine that has `there`, whose lists know `known`; records what is run. */
function machine(there: readonly string[], known: readonly string[], more: Partial<Installer> = {}) {
  const ran: string[] = [];
  const run: Run = async (command) => {
    const [program = ''] = command;
    if (program === 'dpkg-query')
      return ok(there.map((name) => `ii  ${name}\n`).join('') + (there.includes('seabios') ? '' : 'un  seabios\n'));
    if (program === 'apt-cache') return ok(known.map((name) => `${name}:\n  Candidate: 1.0\n`).join(''));
    ran.push(command.filter((word) => word !== 'env' && !word.includes('=')).join(' '));
    return ok('');
  };
  return { ran, installer: { run, say: () => undefined, isRoot: true, yes: false, ask: undefined, ...more } };
}

const ok = (stdout: string) => ({ code: 0, stdout, stderr: '' });
const LAB = ['qemu-system-x86', 'qemu-utils', 'ovmf', 'seabios', 'ipxe-qemu'];
const need = (name: string) => ({ package: name, why: 'a test' });

test('only an installed package counts as there', async () => {
  const { installer } = machine(['ovmf'], []);
  const missing = await missingPackages([need('ovmf'), need('seabios'), need('mc')], installer.run);
  assert.deepEqual(
    missing.map((each) => each.package),
    ['seabios', 'mc'],
  );
});

test('nothing is asked or run where nothing is missing', async () => {
  const { ran, installer } = machine(LAB, []);
  await install(['lab'], installer);
  assert.deepEqual(ran, []);
});

test('root installs without a question, and without fetching lists that are fresh', async () => {
  const { ran, installer } = machine(LAB.slice(2), ['qemu-system-x86', 'qemu-utils']);
  await install(['lab'], { ...installer, ask: () => Promise.reject(new Error('asked')) });
  assert.deepEqual(ran, ['apt-get -q -o install --yes --no-install-recommends qemu-system-x86 qemu-utils']);
});

test('lists are fetched first where they do not know a package', async () => {
  const { ran, installer } = machine([], []);
  await install(['lab'], installer);
  assert.match(ran[0] ?? '', /update$/);
  assert.match(ran[1] ?? '', /install/);
});

test('a person is asked before sudo', async () => {
  const asked: string[] = [];
  const answers = (answer: boolean) => async (question: string) => (asked.push(question), answer);
  const yes = machine(LAB.slice(1), LAB.slice(0, 1), { isRoot: false, ask: answers(true) });
  await install(['lab'], yes.installer);
  assert.equal(asked.length, 1);
  assert.match(yes.ran[0] ?? '', /^sudo /);
  const no = machine([], LAB, { isRoot: false, ask: answers(false) });
  await assert.rejects(install(['lab'], no.installer), Failure);
  assert.deepEqual(no.ran, []);
});

test('where nobody can be asked it is refused, not waited for; --yes goes on without a password', async () => {
  const silent = machine([], LAB, { isRoot: false });
  await assert.rejects(install(['lab'], silent.installer), /nobody is at the terminal/);
  const yes = machine([], LAB, { isRoot: false, yes: true });
  await install(['lab'], yes.installer);
  assert.match(yes.ran[0] ?? '', /^sudo -n /);
});

test('a machine without dpkg is told what is needed', async () => {
  const { installer } = machine([], []);
  const run: Run = () => Promise.reject(new Error('ENOENT'));
  await assert.rejects(install(['lab'], { ...installer, run }), /does not run Debian/);
});
