import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, seededChance } from '../../src/shell/chance.ts';
import { driven, plugged } from '../fixtures/clients/drive.ts';
import { EDK2_TFTP, IPXE_TFTP, tftpGet } from '../fixtures/clients/mtftp.ts';
import { mac } from '../fixtures/cluster.ts';
import { ip } from '../fixtures/dhcp.ts';
import { BOOT_FILES, SERVER, startRig } from '../fixtures/rig.ts';

/** Windows whose blocks overtake each other, as they do over Wi-Fi, tunnels and bonded links: nothing is lost, so nobody need wait. */

const PATH = 'loaders/snponly.efi';

for (const [name, manners] of [
  ['EDK2', EDK2_TFTP],
  ['iPXE', IPXE_TFTP],
] as const) {
  for (const jitter of [5, 20]) {
    test(`I7: ${name} fetches within its first time-out of a network that reorders by ${jitter} ms`, async () => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const chance = seededChance(seed);
        const rig = await startRig({ intercept: () => [1 + below(chance, jitter)] });
        const began = rig.clock.now();
        let took = Infinity;
        const work = tftpGet(plugged(rig, mac(1), seed), ip('10.1.2.9'), SERVER, PATH, { ...manners, probes: false });
        const bytes = await driven(
          rig.clock,
          work.finally(() => (took = rig.clock.now() - began)),
        );
        assert.ok(Buffer.from(BOOT_FILES.get(PATH) ?? []).equals(bytes));
        // By the clock of the simulation; lock-step needs a round trip for each of its 140 blocks.
        const most = manners === IPXE_TFTP ? 140 * 2 * (jitter + 1) + 1000 : 4000;
        assert.ok(took < most, `seed ${seed}: ${took} ms`);
        await rig.host0.stop();
      }
    });
  }
}
