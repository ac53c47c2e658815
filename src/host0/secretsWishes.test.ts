import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { bootSite, wishSite, type WishSite } from '../../test/fixtures/wishSite.ts';
import type { SecretsWish } from '../core/api/wish.ts';
import { changesOf } from '../core/state/changes.ts';
import { readDriveState } from '../core/state/driveState.ts';
import { secretsMark } from '../core/state/keptSecrets.ts';
import { PowerCut, type Fate } from '../shell/fake/slots.ts';
import { readState } from '../shell/state.ts';

const CLUSTER = `version: 1
cluster: { name: lab }
access: { operatorToken: { secret: operator } }
`;
const TOKEN = 'MARKED-0123456789abcdef';
const OLD = `version: 1 # mine\nsecrets:\n  operator: ${TOKEN}\n  spare: MARKED-spare\n`;
const NEW = OLD.replace(TOKEN, TOKEN.replace('MARKED', 'MARKED-new'));
const MARK = /MARKED/;

const wishOf = (value: string | null, name = 'operator', more: Partial<SecretsWish> = {}): SecretsWish => ({
  schema: 'pxen.secrets-wish/1',
  changes: [{ name, value }],
  who: 'root@ada',
  what: `secrets set ${name}`,
  ...more,
});
const TO_NEW = wishOf('MARKED-new-0123456789abcdef');

function site(context: TestContext, text: string | null = OLD): WishSite {
  const lab = wishSite(context, CLUSTER);
  lab.putSecrets(text ?? undefined);
  return lab;
}

async function slotsOf({ slots }: WishSite) {
  const { current } = await readState(slots);
  const state = readDriveState(current?.body ?? new Uint8Array());
  const { secretsFile, secretsBefore } = state;
  return { secretsFile, secretsBefore, changes: changesOf(state).map(({ who, what }) => `${who} ${what}`) };
}

test('a change is in a slot, in the file on the drive, in the copy and in force; no history and no line of the log has a value', async (t) => {
  const lab = site(t);
  const { secretsWishes, secrets, keep } = await bootSite(lab);
  await keep();
  assert.equal(await secretsWishes.wish(TO_NEW), 'drive');
  const { changes, ...kept } = await slotsOf(lab);
  assert.deepEqual(kept, { secretsFile: NEW, secretsBefore: undefined });
  assert.deepEqual([lab.secretsNow(), lab.copyOfSecrets(), secrets.known()?.text], [NEW, NEW, NEW]);
  assert.deepEqual(changes.slice(1), [
    'somebody cluster.yaml as it was found and secrets.yaml as it was found',
    'root@ada secrets set operator',
  ]);
  assert.equal(lab.secretsLine(), '2026-01-02T03:04:05Z root@ada secrets set operator\n');
  assert.equal(lab.log.of('SECRETS_WISH').length, 1);
  assert.doesNotMatch(JSON.stringify([lab.log.said, changes, lab.secretsLine()]), MARK);
});

test('what was replaced is in no slot any more', async (t) => {
  const lab = site(t);
  const { secretsWishes, keep } = await bootSite(lab);
  await keep();
  await secretsWishes.wish(wishOf(null, 'spare', { what: 'secrets forget spare' }));
  assert.ok(Buffer.from(lab.slots.disk).includes(TOKEN));
  assert.ok(!Buffer.from(lab.slots.disk).includes('MARKED-spare'));
});

test('the first secret of all makes the file; without the drive, and before its state is read, nothing changes', async (t) => {
  const lab = site(t, null);
  const { secretsWishes, keep } = await bootSite(lab);
  await keep();
  await secretsWishes.wish(TO_NEW);
  assert.match(lab.secretsNow() ?? '', /^version: 1\nsecrets:\n {2}operator: MARKED-new/);
  const text = lab.secretsNow();
  lab.spoil({ names: async () => Promise.reject(new Error('pulled')) });
  await assert.rejects((await bootSite(lab)).secretsWishes.wish(TO_NEW), /pulled/);
  assert.equal(lab.secretsNow(), text);
});

test('what does not fit cluster.yaml, what would forget what it names, and what was made from another text is refused, with no value', async (t) => {
  const lab = site(t);
  const { secretsWishes, keep } = await bootSite(lab);
  await keep();
  const refused: readonly (readonly [SecretsWish, RegExp])[] = [
    [wishOf('MARKED short'), /what was given for operator is no token/],
    [wishOf(null), /cluster\.yaml names operator at access/],
    [wishOf(null, 'spear'), /has no entry spear/],
    [{ ...TO_NEW, before: NEW }, /changed by another meanwhile/],
    [wishOf('x'.repeat(70_000), 'spare'), /longer than 65,536/],
  ];
  for (const [wish, why] of refused) {
    await assert.rejects(
      secretsWishes.wish(wish),
      (error: Error) => why.test(error.message) && !MARK.test(error.message),
    );
  }
  assert.equal(lab.secretsNow(), OLD);
});

test('a drive that takes the slot but not the file: the version before stays in force, also at the next start', async (t) => {
  const lab = site(t);
  const { secrets, keep } = await bootSite(lab);
  await keep();
  lab.spoil({ writing: async () => Promise.reject(new Error('input/output error')) });
  const failing = await bootSite(lab);
  await assert.rejects(
    failing.secretsWishes.wish(TO_NEW),
    /could not be written to the drive, the version before stays/,
  );
  assert.deepEqual([secrets.known()?.text, (await slotsOf(lab)).secretsFile], [OLD, OLD]);
  lab.putSecrets(`${NEW.slice(0, 30)}\n`);
  assert.equal((await bootSite(lab)).secrets.known()?.text, OLD);
});

/** What a power cut leaves in the file while it is written in place. */
const TORN: readonly (readonly [name: string, text: string | undefined, inForce: string])[] = [
  ['as it was', OLD, OLD],
  ['as it was to become', NEW, NEW],
  ['cut short, and without a mistake', NEW.slice(0, 31), NEW],
  ['half the one, half the other', `${NEW.slice(0, 40)}${OLD.slice(40)}# more\n`, NEW],
  ['empty', '', NEW],
  ['away', undefined, NEW],
  ['no text', '\u0000'.repeat(40), NEW],
];

for (const [name, torn, inForce] of TORN) {
  test(`a secrets.yaml that the power left ${name}: a whole version is in force, and the file is whole again`, async (t) => {
    const lab = site(t);
    const first = await bootSite(lab);
    await first.keep();
    await first.state.exclusively((put) => put({ secretsFile: NEW, secretsBefore: secretsMark(OLD) }));
    lab.putSecrets(torn);
    const { secrets, secretsWishes, keep } = await bootSite(lab);
    assert.equal(secrets.known()?.text, inForce);
    assert.equal(secrets.warnings().length, torn === inForce ? 0 : 1, secrets.warnings().join());
    assert.doesNotMatch(secrets.warnings().join(), MARK);
    await secretsWishes.finish();
    await keep();
    const { changes, ...kept } = await slotsOf(lab);
    assert.deepEqual(kept, { secretsFile: inForce, secretsBefore: undefined });
    assert.deepEqual([lab.secretsNow(), lab.copyOfSecrets(), secrets.warnings()], [inForce, inForce, []]);
    if (torn !== inForce) assert.equal(changes.at(-1), 'pxen secrets.yaml mended after a power cut');
  });
}

/** What the power leaves of a file that is being written in place. */
const cutText = (before: string, after: string, at: number): string => `${after.slice(0, at)}${before.slice(at)}`;

test('the power fails at every write, to slots and to the file: afterwards the drive has the old or the new secrets whole', async (t) => {
  const fates: readonly Fate[] = ['old', 'new', 'torn'];
  const cuts = [0, 1, 2].flatMap((write) => fates.map((fate) => ({ write, fate })));
  const seen = new Set<string>();
  for (const { write, fate } of cuts) {
    for (const at of write === 1 ? [0, 3, 20, 45, 60, NEW.length] : [0]) {
      const lab = site(t);
      await (await bootSite(lab)).keep();
      const cutSlots = (): void => void (lab.slots.cut = (sectors) => Array.from({ length: sectors }, () => fate));
      if (write === 0) cutSlots();
      lab.spoil({
        writing: async (work) => {
          if (write === 1) {
            lab.slots.cut = (sectors) => Array.from({ length: sectors }, () => 'old');
            writeFileSync(join(lab.drive, 'secrets.yaml'), cutText(OLD, NEW, at));
            throw new PowerCut('the power is gone');
          }
          await work(lab.drive, async () => undefined);
          cutSlots();
        },
      });
      const cut = await bootSite(lab);
      const told = await cut.secretsWishes.wish(TO_NEW).catch(() => 'failed');
      lab.slots.powerOn();
      // Stage 1 takes along what the drive has.
      lab.putSecrets(lab.secretsNow());
      lab.spoil({});
      const after = await bootSite(lab);
      const what = `write ${write}, sectors ${fate}, file cut at ${at}`;
      const text = after.secrets.known()?.text;
      assert.ok(text === OLD || text === NEW, what);
      if (told === 'drive') assert.equal(text, NEW, what);
      await after.secretsWishes.finish();
      await after.keep();
      assert.equal(lab.secretsNow(), after.secrets.known()?.text, what);
      assert.deepEqual((await slotsOf(lab)).secretsBefore, undefined, what);
      seen.add(text === OLD ? 'old' : 'new');
    }
  }
  assert.deepEqual([...seen].sort(), ['new', 'old']);
});

test('at the start a file with a mistake leaves the last good secrets in force, and warns; one that is gone is gone', async (t) => {
  const lab = site(t);
  await (await bootSite(lab)).keep();
  for (const broken of [OLD.replace('secrets', 'sercets'), `${OLD}  more: [MARKED\n`, OLD.slice(0, -4), '']) {
    lab.putSecrets(broken);
    const { secrets, keep } = await bootSite(lab);
    await keep();
    assert.equal(secrets.known()?.text, OLD);
    assert.match(secrets.warnings().join(), /secrets\.yaml cannot be used, the last good version of it is in force/);
    assert.doesNotMatch(secrets.warnings().join() + JSON.stringify(lab.log.said), MARK);
    assert.equal((await slotsOf(lab)).secretsFile, OLD);
  }
  lab.putSecrets(undefined);
  const { secrets, keep } = await bootSite(lab);
  await keep();
  assert.equal(secrets.known()?.text, undefined);
  const { secretsFile, changes } = await slotsOf(lab);
  assert.deepEqual([secretsFile, changes.at(-1)], [undefined, 'somebody secrets.yaml taken away']);
});

test('what was changed by hand on the drive is taken over; a torn file, no text and another drive are left alone', async (t) => {
  const lab = site(t);
  const { secretsWishes, secrets, keep } = await bootSite(lab);
  await keep();
  const put = (text: string | Buffer): void => writeFileSync(join(lab.drive, 'secrets.yaml'), text);
  put(NEW);
  await secretsWishes.takeByHand();
  await keep();
  assert.deepEqual([secrets.known()?.text, lab.copyOfSecrets(), (await slotsOf(lab)).secretsFile], [NEW, NEW, NEW]);
  assert.equal((await slotsOf(lab)).changes.at(-1), 'somebody secrets.yaml changed by hand');
  put(NEW.slice(0, 40));
  await assert.rejects(secretsWishes.takeByHand(), /secrets\.yaml on the drive is torn/);
  put(Buffer.from([0xff, 0xfe]));
  await assert.rejects(secretsWishes.takeByHand(), /not text in UTF-8/);
  put(NEW.replace('secrets', 'sercets'));
  await secretsWishes.takeByHand();
  assert.match(secrets.warnings().join(), /version before is in force/);
  const other = site(t);
  await (await bootSite(other)).keep();
  lab.slots.disk.set(other.slots.disk);
  put(OLD);
  await assert.rejects(secretsWishes.takeByHand(), /another drive is in its place/);
  assert.equal(secrets.known()?.text, NEW);
});

test('a file that is longer than a slot has room for is in force, and is said to have no second copy', async (t) => {
  const long = `${OLD}${Array.from({ length: 5 }, (_, n) => `  long${n}: ${'x'.repeat(60_000)}\n`).join('')}`;
  const lab = site(t, long);
  const { secrets, secretsWishes, keep } = await bootSite(lab);
  await keep();
  assert.equal((await slotsOf(lab)).secretsFile, undefined);
  assert.match(secrets.warnings().join(), /longer than 256 KiB: the drive keeps no second copy/);
  await assert.rejects(secretsWishes.wish(TO_NEW), /would be longer than 256 KiB/);
});
