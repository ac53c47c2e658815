import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headOf, newChain, relation } from '../core/identity/chain.ts';
import { CLUSTER_FILE, SLOT_BYTES, SLOTS } from '../core/image/layout.ts';
import { changesOf } from '../core/state/changes.ts';
import { readDriveState } from '../core/state/driveState.ts';
import { GUARD, writeSlot } from '../core/state/slot.ts';
import { FakeClock } from '../shell/fake/clock.ts';
import { fakeFiles } from '../shell/fake/files.ts';
import { FakeLog } from '../shell/fake/log.ts';
import { FakeSlots } from '../shell/fake/slots.ts';
import { isSigned, makeKeys, randomBytes, sign } from '../shell/keys.ts';
import { readState } from '../shell/state.ts';
import { openClusterFile, type Remembered } from './clusterFile.ts';
import { beginState, lastGood, type KeptState, type StateDeps } from './state.ts';

const GOOD = 'version: 1\ncluster: { name: lab }\n';

interface Boot {
  readonly log: FakeLog;
  readonly clock: FakeClock;
  text: string;
  warnings(): readonly string[];
  readonly kept: KeptState;
  /** Lets it keep what there is to keep, then ends it. */
  end(): Promise<void>;
}

let boots = 0;

async function boot(slots: FakeSlots, text = GOOD, machine = 'm1', id = `boot ${(boots += 1)}`): Promise<Boot> {
  const [log, clock, ending] = [new FakeLog(), new FakeClock(), new AbortController()];
  const self = { log, clock, text };
  const deps: StateDeps = {
    slots,
    log,
    clock,
    time: 7,
    machine,
    boot: id,
    makeKeys,
    randomBytes,
    clusterFile: () => self.text,
  };
  const kept = await beginState(deps);
  return Object.assign(self, {
    kept,
    warnings: () => kept.warnings(),
    async end() {
      const done = kept.keep(ending.signal);
      ending.abort();
      await done;
    },
  });
}

async function stateOf(slots: FakeSlots) {
  const { current } = await readState(slots);
  assert.ok(current !== undefined);
  return readDriveState(current.body);
}

const remembered = (lastGood: Remembered['lastGood']): Remembered => ({ lastGood, overTorn: async () => undefined });

const fresh = (): FakeSlots => new FakeSlots(SLOTS, SLOT_BYTES);

test('a virgin drive makes its keys and id, keeps cluster.yaml and its first stamp', async () => {
  const slots = fresh();
  const first = await boot(slots);
  await first.end();
  assert.equal(first.log.of('STATE_FIRST_START').length, 1);
  const { identity, chain, clusterFile } = await stateOf(slots);
  assert.deepEqual([identity.generation, clusterFile, headOf(chain).counter], [1, GOOD, 1]);
  const words = Buffer.from('words');
  assert.ok(isSigned(identity, words, sign(identity, words)));
  assert.ok(!isSigned(identity, Buffer.from('other'), sign(identity, words)));
  assert.ok(!isSigned({ publicKey: 'AAAA' }, words, sign(identity, words)));
});

test('each boot adds a stamp and keeps the identity; no slot stays empty', async () => {
  const slots = fresh();
  for (const machine of ['m1', 'm2', 'm3']) await (await boot(slots, GOOD, machine)).end();
  const { identity, chain } = await stateOf(slots);
  assert.deepEqual(
    chain.stamps.map((one) => one.machine),
    ['m1', 'm2', 'm3'],
  );
  assert.equal(chain.base.hash, newChain(identity.cluster).base.hash);
  assert.equal((await readState(slots)).damaged.length, 0);
});

test('a power cut in the very first write leaves a virgin drive, in the second one that was started', async () => {
  const slots = fresh();
  slots.cut = (sectors) => Array.from({ length: sectors }, () => 'torn');
  await (await boot(slots)).end();
  slots.powerOn();
  assert.equal((await readState(slots)).kind, 'virgin');
  const again = await boot(slots);
  const { identity } = await stateOf(slots);
  slots.cut = (sectors) => Array.from({ length: sectors }, () => 'torn');
  await again.end();
  slots.powerOn();
  await (await boot(slots)).end();
  assert.deepEqual((await stateOf(slots)).identity, identity);
});

test('the last good cluster.yaml is in force when the file is broken, absent, unreadable or no text', async () => {
  const slots = fresh();
  await (await boot(slots)).end();
  const broken: readonly (readonly [ReadonlyMap<string, Uint8Array>, ReadonlySet<string>, RegExp])[] = [
    [new Map([[CLUSTER_FILE, Buffer.from('version: 1\nclutser: {}\n')]]), new Set(), /clutser/],
    [new Map(), new Set(), /there is no cluster.yaml/],
    [
      new Map([
        ['._cluster.yaml', Buffer.from(GOOD)],
        ['System Volume Information/x', Buffer.of()],
      ]),
      new Set(),
      /there is no/,
    ],
    [new Map([[CLUSTER_FILE, Buffer.from(GOOD)]]), new Set([CLUSTER_FILE]), /input\/output error/],
    [new Map([[CLUSTER_FILE, Buffer.from([0xff, 0xfe, 0x76, 0])]]), new Set(), /not text in UTF-8/],
  ];
  for (const [files, unreadable, says] of broken) {
    const log = new FakeLog();
    const file = await openClusterFile(
      fakeFiles(files, unreadable),
      log,
      remembered(() => lastGood(slots)),
    );
    assert.equal(file.current().cluster.name, 'lab');
    assert.match(file.warnings()[0] ?? '', says);
    assert.match(log.of('STATE_LAST_GOOD')[0] ?? '', says);
    await assert.rejects(openClusterFile(fakeFiles(files, unreadable), log), says);
  }
});

test('what editors leave behind is read: byte order mark, CRLF, and a second ending', async () => {
  const text = `\uFEFF${GOOD.replaceAll('\n', '\r\n')}`;
  for (const name of [CLUSTER_FILE, `${CLUSTER_FILE}.txt`]) {
    const files = fakeFiles(new Map([[name, Buffer.from(text)]]));
    const file = await openClusterFile(files, new FakeLog());
    assert.deepEqual([file.current().cluster.name, file.warnings()], ['lab', []]);
  }
});

test('an unchanged file is kept once a boot, not again', async () => {
  const slots = fresh();
  await (await boot(slots)).end();
  const { writes } = slots;
  await (await boot(slots)).end();
  assert.equal(slots.writes, writes + 1);
});

test('a server that falls and begins anew in one boot adds no stamp and writes nothing', async () => {
  const slots = fresh();
  await (await boot(slots, GOOD, 'm1', 'one')).end();
  const { writes } = slots;
  for (let again = 0; again < 5; again += 1) await (await boot(slots, GOOD, 'm1', 'one')).end();
  assert.equal(slots.writes, writes);
  assert.equal(headOf((await stateOf(slots)).chain).counter, 1);
});

test('a drive whose state is lost is not written to, and everybody is told', async () => {
  const slots = fresh();
  slots.disk.fill(3);
  const before = slots.disk.slice();
  const lost = await boot(slots);
  await lost.end();
  assert.deepEqual(slots.disk, before);
  assert.equal(lost.log.of('STATE_SLOT_DAMAGED').length, SLOTS.length);
  assert.match(lost.warnings()[0] ?? '', /cannot be used: none of its slots/);
});

test('a drive that fails, or was pulled, is told of; what it keeps stays', async () => {
  const slots = fresh();
  await (await boot(slots)).end();
  for (const name of SLOTS) slots.broken.set(name, 'write');
  const failing = await boot(slots, 'version: 1\ncluster: { name: other }\n');
  await failing.end();
  assert.match(failing.warnings()[0] ?? '', /could not be written/);
  assert.equal((await stateOf(slots)).clusterFile, GOOD);
});

test('another drive that was put in meanwhile is not written to', async () => {
  const [slots, other] = [fresh(), fresh()];
  await (await boot(slots)).end();
  const running = await boot(slots);
  await (await boot(other)).end();
  slots.disk.set(other.disk);
  await running.end();
  assert.match(running.warnings()[0] ?? '', /another drive is in its place/);
  slots.disk.fill(0);
  const before = await boot(other);
  other.disk.fill(0);
  await before.end();
  assert.match(before.warnings()[0] ?? '', /never started/);
});

test('a copy of a drive parts from its original at the first boot of either', async () => {
  const [slots, copy] = [fresh(), fresh()];
  await (await boot(slots)).end();
  copy.disk.set(slots.disk);
  await (await boot(slots, GOOD, 'm1')).end();
  await (await boot(copy, GOOD, 'm2')).end();
  const [one, two] = [await stateOf(slots), await stateOf(copy)];
  assert.deepEqual(relation(one.chain, two.chain), { kind: 'parted', after: 1 });
});

test('a record that is whole but of another form is left alone', async () => {
  const slots = fresh();
  slots.disk.set(writeSlot({ counter: 1, body: Buffer.from('nonsense') }), GUARD);
  const odd = await boot(slots);
  await odd.end();
  assert.match(odd.warnings()[0] ?? '', /another form/);
  assert.equal(slots.writes, 0);
});

const KEY = { uuid: 'u', seed: 'A'.repeat(44), publicKey: 'B'.repeat(44) };

/** Lets a drive keep what there is to keep. */
async function look(kept: KeptState): Promise<void> {
  const ending = new AbortController();
  const done = kept.keep(ending.signal);
  ending.abort();
  await done;
}

test('what is changed while a record is being written stays, and is written at the next look', async () => {
  const slots = fresh();
  const { kept } = await boot(slots);
  kept.change((state) => ({ ...state, hostKeys: [] }));
  const write = slots.write.bind(slots);
  slots.write = async (...words) => {
    kept.change((state) => ({ ...state, hostKeys: [KEY] }));
    slots.write = write;
    return write(...words);
  };
  await look(kept);
  assert.deepEqual([(await stateOf(slots)).hostKeys, kept.now()?.hostKeys], [[], [KEY]]);
  await look(kept);
  const state = await stateOf(slots);
  assert.deepEqual([state.hostKeys, changesOf(state).at(-1)?.what], [[KEY], 'SSH keys of hosts made']);
  const writes = (await readState(slots)).current?.counter;
  await look(kept);
  assert.equal((await readState(slots)).current?.counter, writes, 'nothing new is not written');
});
