import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Qmp } from '../../lab/machine/qmp.ts';
import { ensureDrive, ensureImage } from '../../src/build/main.ts';
import { below, seededChance } from '../../src/shell/chance.ts';
import { run } from '../../src/shell/run.ts';
import { startGuest } from '../fixtures/bareGuest.ts';
import { host0Script } from '../fixtures/bareHost0.ts';
import { CutDisk } from '../fixtures/cutDisk.ts';
import { readDrive } from '../fixtures/driveReader.ts';

/** A guest that changes its cluster.yaml without a pause, and loses its power at random; then a boot from what is left. */

const PATIENCE = { timeout: 30 * 60_000 };
const quiet = (): void => undefined;
const CUTS = 20;
const SEED = 11;

/** The version that wish N makes: now one cluster long, now three. */
const LINE = '# so that it is longer now and shorter then, by a cluster of the file system or by two';
const versionOf = (base: string, number: number): string =>
  number === 0 ? base : `${base}${`${LINE}\n`.repeat((number * 37) % 90)}# wish ${number}\n`;

const LOOP = host0Script(`
cat > /loop.mjs <<'END'
import { askControl } from '/usr/lib/pxen/src/shell/control.js';
const ask = (...words) => askControl('/run/pxen/host0.sock', ...words);
const { text: base } = JSON.parse((await ask('GET', '/cluster.yaml')).body);
const versionOf = (number) => number === 0 ? base : base + ${JSON.stringify(`${LINE}\n`)}.repeat((number * 37) % 90) + '# wish ' + number + '\\n';
for (let number = 0; ; ) {
  const [before, after] = [versionOf(number), versionOf(number + 1)];
  const wish = { schema: 'pxen.wish/1', before, after, who: 'loop', what: 'wish ' + (number + 1) };
  const { status, body } = await ask('POST', '/wish', JSON.stringify(wish));
  if (status === 200) console.log('acknowledged ' + ++number);
  else if (!body.includes('not read yet')) console.log('refused ' + body);
}
END
node /loop.mjs
`);

/** What operating systems and editors leave behind, and the file in upper case with a byte order mark and CRLF. */
const MESS = `
mount -t vfat -o rw,iocharset=ascii /dev/vda1 /mnt
mv /mnt/cluster.yaml /mnt/x
{ printf '\\357\\273\\277'; sed 's/\\r*$/\\r/' /mnt/x; } > /mnt/CLUSTER.YAML
rm /mnt/x
mkdir '/mnt/System Volume Information' /mnt/.Trashes
for name in ._cluster.yaml cluster.yaml~ .cluster.yaml.swp .DS_Store; do printf 'Mac\\000\\005' > /mnt/$name; done
cp /mnt/CLUSTER.YAML /mnt/cluster.yaml.txt
umount /mnt
`;
const AFTER = host0Script(
  `
wish host set eve mac=52:54:00:00:00:09
echo "in force $(pxen host list | grep -c eve)"
pxen status --server http://10.9.8.1
mount -t vfat -o rw,iocharset=ascii /dev/vda1 /mnt
rm /mnt/cluster.yaml.txt
head -c 700 /mnt/CLUSTER.YAML > /mnt/y
mv /mnt/y /mnt/CLUSTER.YAML
ls /mnt
umount /mnt
end
keep_drive
serve
echo "still in force $(pxen host list | grep -c eve)"
pxen status --server http://10.9.8.1
fsck.fat -n /dev/vda1 && echo 'the file system is whole'
`,
  MESS,
);

let folder = '';
let release = '';
let image = '';
const disk = (): Record<string, unknown> => ({
  driver: 'raw',
  cache: { 'no-flush': true },
  file: { driver: 'file', filename: image },
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pxen-cut-'));
  image = join(folder, 'drive.img');
  ({ folder: release } = await ensureImage(quiet));
  await run(['cp', '--reflink=auto', '--sparse=always', (await ensureDrive(quiet)).path, image]);
}, PATIENCE);

after(() => rm(folder, { recursive: true, force: true }));

/** host0's cluster.yaml on an image, by the number of its wish; fails where it is no version that anybody wished. */
async function wishIn(path: string, base: string): Promise<number> {
  const cut = new CutDisk(path);
  try {
    const { text } = await readDrive(cut);
    const number = Number(/# wish (\d+)\n$/.exec(text)?.[1] ?? 0);
    assert.equal(text, versionOf(base, number));
    return number;
  } finally {
    cut.close();
  }
}

async function baseOf(path: string): Promise<string> {
  const cut = new CutDisk(path);
  const { text } = await readDrive(cut);
  cut.close();
  return text;
}

test(
  `power cut while writing (${CUTS} times, at random): what was acknowledged is there, whole`,
  PATIENCE,
  async (t) => {
    const base = await baseOf(image);
    const chance = seededChance(SEED);
    const qmp = await Qmp.listen(join(folder, 'q'), quiet);
    const guest = await startGuest({ folder, release, script: LOOP, drive: disk(), qmp: join(folder, 'q') });
    t.after(() => qmp.close());
    t.after(() => guest.qemu.kill());
    await guest.line(/^acknowledged/);
    const acknowledged = (): number => guest.lines.filter((line) => line.startsWith('acknowledged')).length;
    const seen: number[] = [];
    for (let cut = 0; cut < CUTS; cut += 1) {
      await sleep(100 + below(chance, 1500));
      const least = acknowledged();
      await qmp.execute('stop');
      const copy = join(folder, 'cut.img');
      await run(['cp', '--reflink=auto', '--sparse=always', image, copy]);
      const most = acknowledged() + 1;
      await qmp.execute('cont');
      const number = await wishIn(copy, base);
      assert.ok(
        number >= least && number <= most + 1,
        `wish ${number} is in force, ${least} to ${most} were acknowledged`,
      );
      seen.push(number);
    }
    const least = acknowledged();
    guest.qemu.kill();
    await guest.qemu.ended;
    assert.deepEqual(
      guest.lines.filter((line) => line.startsWith('refused')),
      [],
    );
    assert.ok((await wishIn(image, base)) >= least);
    t.diagnostic(`in force at the cuts: ${seen.join(' ')}; at the end ${least} or later`);
  },
);

test(
  "a boot from what the last cut left, with an editor's mess on it: the file is read by the name it has, what is in the way is said, and it can be changed",
  PATIENCE,
  async (t) => {
    const guest = await startGuest({ folder, release, script: AFTER, drive: disk() });
    t.after(() => guest.qemu.kill());
    await guest.qemu.ended;
    const said = guest.lines.join('\n');
    assert.match(said, /acknowledged host set eve/, said);
    assert.match(said, /^in force 1$/m);
    assert.match(
      said,
      /warning: cluster\.yaml\.txt stands beside CLUSTER\.YAML, which alone is read: keep one of them/,
    );
    assert.match(said, /still in force 1/, 'cut short by an editor');
    assert.match(said, /pxen: cluster\.yaml cannot be used, the last good version of it is in force: /);
    assert.match(said, /warning: cluster\.yaml cannot be used, the last good version of it is in force/);
    assert.match(said, /the file system is whole/);
    assert.match(said, /the story has ended/);
  },
);
