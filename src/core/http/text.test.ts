import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listingPage } from './listing.ts';
import { metricsText } from './metrics.ts';

test('metrics are written as Prometheus reads them', () => {
  const text = metricsText([
    { name: 'a_total', help: 'Things\nin all.', type: 'counter', samples: [{ value: 3 }] },
    { name: 'b', help: 'Now.', type: 'gauge', samples: [{ labels: { by: 'a"\\\n', to: 'x' }, value: 0 }] },
  ]);
  assert.equal(
    text,
    '# HELP a_total Things\\nin all.\n# TYPE a_total counter\na_total 3\n' +
      '# HELP b Now.\n# TYPE b gauge\nb{by="a\\"\\\\\\n",to="x"} 0\n',
  );
});

test('a listing links what is there and lets no name write into the page', () => {
  const page = listingPage('/boot/x/', ['a b.efi', 'sub/', '<script>"&\'']);
  assert.match(page, /<a href="\/boot\/x\/a%20b\.efi">a b\.efi<\/a>/);
  assert.match(page, /<a href="\/boot\/x\/sub\/">sub\/<\/a>/);
  assert.match(page, /<a href="\/boot\/x\/%3Cscript%3E%22%26&#39;">&lt;script&gt;&quot;&amp;&#39;<\/a>/);
});
