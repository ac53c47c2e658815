import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../net/bytes.ts';
import type { Ipv4 } from '../net/ipv4.ts';
import { framed, framesOf } from './framing.ts';
import { decodeDns, encodeDns, type DnsMessage, type DnsRecord } from './message.ts';
import { nameOf, nameText, readName } from './name.ts';

const hexBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

/** What `dig +subnet=0 www.example.com` of BIND 9.18 sends, without its cookie. */
const DIG = hexBytes(`
  3ac5 0120 0001 0000 0000 0001
  03777777 076578616d706c65 03636f6d 00 0001 0001
  00 0029 04d0 00000000 0008 0008 0004 0001 0000`);

const EMPTY: DnsMessage = {
  id: 7,
  isReply: true,
  opcode: 0,
  authoritative: true,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: true,
  code: 0,
  questions: [{ name: nameOf('ada.lab.internal'), type: 1, class: 1 }],
  answers: [],
  authority: [],
  additional: [],
  edns: undefined,
};
const record = (data: DnsRecord['data'], name = 'ada.lab.internal'): DnsRecord => ({
  name: nameOf(name),
  class: 1,
  ttl: 30,
  data,
});
const target = nameOf('pxen.lab.internal');
const SOA = { serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 2 ** 31 };

test('a question of dig is read with its EDNS', () => {
  const { questions, edns, recursionDesired, id } = decodeDns(DIG);
  assert.deepEqual(questions, [{ name: ['www', 'example', 'com'], type: 1, class: 1 }]);
  assert.deepEqual([edns, recursionDesired, id], [{ payload: 1232, version: 0 }, true, 0x3ac5]);
});

test('every type of record is read as it was written', () => {
  const message: DnsMessage = {
    ...EMPTY,
    edns: { payload: 1232, version: 0 },
    code: 16,
    answers: [
      record({ type: 'A', address: '10.1.2.50' as Ipv4 }),
      record({ type: 'CNAME', target }),
      record({ type: 'MX', preference: 10, target }),
      record({ type: 'TXT', texts: [Buffer.from('a'), Buffer.from('')].map((text) => Uint8Array.from(text)) }),
      record({ type: 'AAAA', bytes: new Uint8Array(16).fill(3) }),
      record({ type: 'SRV', priority: 1, weight: 2, port: 3, target }),
      record({ type: 'other', code: 99, bytes: Uint8Array.of(1, 2) }),
    ],
    authority: [
      record({ type: 'SOA', soa: { primary: target, mailbox: nameOf('a.b'), ...SOA } }, 'lab.internal'),
      record({ type: 'NS', target }, 'lab.internal'),
    ],
    additional: [record({ type: 'PTR', target }, '1.2.1.10.in-addr.arpa')],
  };
  assert.deepEqual(decodeDns(encodeDns(message)), message);
});

test('names that stand there already are pointed to', () => {
  const answers = Array.from({ length: 10 }, () => record({ type: 'NS', target }));
  const bytes = encodeDns({ ...EMPTY, answers });
  assert.ok(bytes.length < 12 + 22 + 10 * 20, `${bytes.length} bytes`);
  assert.deepEqual(decodeDns(bytes).answers, answers);
});

test('what does not fit is said to have been cut off, and nothing of it is sent', () => {
  const answers = Array.from({ length: 60 }, () => record({ type: 'A', address: '10.1.2.50' as Ipv4 }));
  const bytes = encodeDns({ ...EMPTY, answers }, 512);
  assert.ok(bytes.length <= 512);
  const { truncated, answers: left, questions } = decodeDns(bytes);
  assert.deepEqual([truncated, left, questions], [true, [], EMPTY.questions]);
});

test('pointers in circles and on, names without end, counts that lie and bytes left over are refused', () => {
  const head = '0001 0000 0001 0000 0000 0000';
  const bad: Record<string, string> = {
    'a pointer to itself': `${head} c00c 0001 0001`,
    'a pointer on': `${head} c010 0001 0001 03616263 00`,
    'pointers in a circle': `${head} 0161 c00c 0001 0001`,
    'a label of 64 bytes': `${head} 40 ${'61'.repeat(64)} 00 0001 0001`,
    'a name of 256 bytes': `${head} ${`3f${'61'.repeat(63)}`.repeat(4)} 00 0001 0001`,
    'a name that ends nowhere': `${head} 0361`,
    'counts that lie': '0001 0000 ffff ffff ffff ffff 00 0001 0001',
    'bytes left over': `${head} 00 0001 0001 00`,
    'two OPTs': `0001 0000 0000 0000 0000 0002 00 0029 0400 00000000 0000 00 0029 0400 00000000 0000`,
    'an address of five bytes': `0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 0a01020304`,
    'a header only in part': '0001 0000',
  };
  for (const [what, text] of Object.entries(bad)) assert.throws(() => decodeDns(hexBytes(text)), DecodeError, what);
});

test('a chain of pointers that lead back is followed, and ends where the name is too long', () => {
  // `a`, and 200 times a label and a pointer to the one before.
  const parts = Array.from({ length: 200 }, (_, at) => Buffer.from([1, 97, 0xc0 | ((at * 4) >> 8), (at * 4) & 0xff]));
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0]), ...parts]);
  assert.equal(readName(bytes, 4 + 4 * 99).name.length, 100);
  assert.throws(() => readName(bytes, 4 + 4 * 199), DecodeError);
});

test('names are compared in small letters, and a dot within a label is none between two', () => {
  assert.equal(nameText(['ADA', 'Lab']), 'ada.lab');
  assert.notEqual(nameText(['a.b']), nameText(['a', 'b']));
});

test('messages on a connection are cut apart wherever the pieces end', () => {
  const stream = Buffer.concat([framed(DIG), framed(DIG), framed(new Uint8Array())]);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const first = framesOf(stream.subarray(0, cut));
    const second = framesOf(Buffer.concat([first.rest, stream.subarray(cut)]));
    assert.deepEqual(
      [...first.messages, ...second.messages].map((message) => message.length),
      [DIG.length, DIG.length, 0],
    );
    assert.equal(second.rest.length, 0);
  }
});
