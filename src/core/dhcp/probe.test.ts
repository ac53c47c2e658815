import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ip } from '../../../test/fixtures/dhcp.ts';
import type { Mac } from '../net/mac.ts';
import { probeStep, type ProbeEvent, type ProbeOut, type Probes } from './probe.ts';

const [OWN, CLIENT, STRANGER] = ['02:00:00:00:00:01', '52:54:00:00:00:01', '52:54:00:00:00:99'] as Mac[] as [
  Mac,
  Mac,
  Mac,
];
const RULES = { window: 200, most: 3, own: OWN };
const NOBODY = { mac: '00:00:00:00:00:00' as Mac, address: ip('0.0.0.0') };

class Prober {
  probes: Probes = new Map();
  now = 0;

  feed(event: ProbeEvent): readonly ProbeOut[] {
    const { state, out } = probeStep(this.probes, event, RULES, this.now);
    this.probes = state;
    return out;
  }

  ask(last: number, mac: Mac = CLIENT): string[] {
    return this.feed({ kind: 'ask', address: ip(`10.1.2.${last}`), mac }).map((out) => kindOf(out));
  }

  answer(last: number, mac: Mac): readonly ProbeOut[] {
    const sender = { mac, address: ip(`10.1.2.${last}`) };
    return this.feed({ kind: 'arp', arp: { kind: 'reply', sender, target: NOBODY } });
  }
}

const kindOf = (out: ProbeOut): string => ('address' in out ? `${out.kind} ${out.address.slice(7)}` : out.kind);

test('E3: an address is offered when nobody answered within the window, and not before', () => {
  const prober = new Prober();
  assert.deepEqual(prober.ask(5), ['probe 5']);
  prober.now = 199;
  assert.deepEqual(prober.feed({ kind: 'tick' }), []);
  prober.now = 200;
  assert.deepEqual(prober.feed({ kind: 'tick' }).map(kindOf), ['clear 5']);
  assert.equal(prober.probes.size, 0);
});

test('E3: a stranger who answers has the address; the client itself and this server are none', () => {
  const prober = new Prober();
  prober.ask(5);
  assert.deepEqual(prober.answer(5, CLIENT), []);
  assert.deepEqual(prober.answer(5, OWN), []);
  assert.deepEqual(prober.answer(6, STRANGER), []);
  assert.deepEqual(prober.answer(5, STRANGER), [{ kind: 'taken', address: '10.1.2.5', by: STRANGER, sent: false }]);
  prober.now = 1000;
  assert.deepEqual(prober.feed({ kind: 'tick' }), [], 'what is taken is not offered as well');
});

test('E3: somebody who is about to take the address is heard as well', () => {
  const prober = new Prober();
  prober.ask(5);
  const target = { mac: NOBODY.mac, address: ip('10.1.2.5') };
  const sender = { mac: STRANGER, address: ip('0.0.0.0') };
  const out = prober.feed({ kind: 'arp', arp: { kind: 'request', sender, target } });
  assert.deepEqual(out.map(kindOf), ['taken 5']);
});

test('E3: a client that asks again meanwhile neither starts anew nor is answered sooner', () => {
  const prober = new Prober();
  prober.ask(5);
  prober.now = 150;
  assert.deepEqual(prober.ask(5), []);
  prober.now = 200;
  assert.deepEqual(prober.feed({ kind: 'tick' }).map(kindOf), ['clear 5']);
});

test('D13: when too many wait, none waits any longer, and a late answer still counts', () => {
  const prober = new Prober();
  for (const last of [5, 6, 7]) prober.ask(last);
  assert.deepEqual(prober.ask(8), ['crowded', 'clear 5', 'clear 6', 'clear 7', 'clear 8']);
  assert.deepEqual(prober.ask(9), ['clear 9'], 'said once');
  assert.deepEqual(prober.ask(6), ['clear 6']);
  assert.deepEqual(prober.answer(6, STRANGER), [{ kind: 'taken', address: '10.1.2.6', by: STRANGER, sent: true }]);
  prober.now = 200;
  assert.deepEqual(prober.feed({ kind: 'tick' }), [], 'offered already');
  assert.deepEqual(prober.ask(10), ['probe 10']);
});
