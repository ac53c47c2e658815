import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture } from './picture.ts';

test('a picture holds every line of the run, in its colour, and nothing that ends the text', () => {
  const svg = picture('./pxen lab', 'lab:     0.0 s  ada (uefi, drive): power on\nlab: a <b> & c\n\n');
  const texts = [...svg.matchAll(/<text .*?fill="(#\w+)".*?>(.*)<\/text>/g)].map(([, fill, text]) => `${fill} ${text}`);
  assert.deepEqual(texts, [
    '#7ee787 $ ./pxen lab',
    '#79c0ff lab:     0.0 s  ada (uefi, drive): power on',
    '#d2a8ff lab: a &lt;b&gt; &amp; c',
  ]);
  assert.match(svg, /^<svg [^>]* height="85" [^>]*>\n[^]*<\/svg>\n$/);
});
