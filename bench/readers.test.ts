import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Failure } from '../src/shell/fail.ts';
import { readPerfdhcp } from './dhcp/perfdhcp.ts';
import { readCurl } from './http/curl.ts';
import { installedBy } from './packages.ts';
import { hasListener, privateBytes, ticksOf } from './proc.ts';
import { atftpCommand, atftpTrouble } from './tftp/fetch.ts';

/** What other people's programs print, as they were seen to print it. */

const PERFDHCP = readFileSync(join(import.meta.dirname, 'captures', 'perfdhcp-2.2.txt'), 'utf8');

test('perfdhcp: an exchange counts from its DISCOVER to its ACK, whatever rate perfdhcp claims', () => {
  const { discovers, acks, lost } = readPerfdhcp(PERFDHCP);
  assert.deepEqual([discovers, acks], [59_830, 13_343]);
  assert.equal(lost.toFixed(3), '0.777');
});

test('perfdhcp: a text without the counts is a failure that quotes it, not a rate of 0', () => {
  const text = 'Scenario: basic.\n\nERROR: running perfdhcp: sendmsg() returned  with an error: Permission denied\n';
  assert.throws(() => readPerfdhcp(text), { name: 'Failure', message: /Permission denied/ });
  assert.throws(() => readPerfdhcp(PERFDHCP.split('***Statistics for: REQUEST-ACK')[0] ?? ''), Failure);
});

test('perfdhcp: a server that hears nothing loses everything', () => {
  const silent = PERFDHCP.replaceAll(/^(sent|received) packets: \d+$/gm, '$1 packets: 0');
  assert.deepEqual(readPerfdhcp(silent), { discovers: 0, acks: 0, lost: 1 });
});

test('curl: a line a transfer, and nothing else', () => {
  assert.deepEqual(readCurl('200 200000000 0.095412\n200 200000000 0.102\n'), [
    { status: 200, bytes: 200_000_000, seconds: 0.095412 },
    { status: 200, bytes: 200_000_000, seconds: 0.102 },
  ]);
  assert.throws(() => readCurl('curl: (7) Failed to connect\n'), Failure);
});

test('atftp: says why it gave up', () => {
  const refused = 'Option blksize = 512\ntftp: error received from server <File not found>\ntftp: aborting\n';
  assert.equal(atftpTrouble(refused), 'error received from server <File not found>');
  assert.equal(atftpTrouble('timeout: retrying ...\ntimeout: retrying ...\ntftp: aborting\n'), 'no answer');
  assert.equal(atftpTrouble('tftp: unknown host nohost.invalid.\nNot connected.\n'), 'unknown host nohost.invalid.');
  assert.equal(atftpTrouble(''), 'ended without saying why');
});

test('atftp: a window of 1 is what a client has that does not ask for windows', () => {
  const wish = { file: 'f', size: 1, blksize: 512 };
  assert.ok(!atftpCommand({ ...wish, window: 1 }).some((word) => word.startsWith('windowsize')));
  assert.ok(atftpCommand({ ...wish, window: 4 }).includes('windowsize 4'));
});

test('apt-get: what a simulation would install', () => {
  const simulation = [
    'The following NEW packages will be installed:',
    '  atftpd libwrap0',
    'Remv tftpd-hpa [5.2+20150808-1.4]',
    'Inst libwrap0 (7.6.q-32 Debian:12.15/oldstable [amd64])',
    'Inst atftpd (0.8.0-3 Debian:12.15/oldstable [amd64])',
    'Conf libwrap0 (7.6.q-32 Debian:12.15/oldstable [amd64])',
  ].join('\n');
  assert.deepEqual(installedBy(simulation), ['libwrap0', 'atftpd']);
  assert.deepEqual(installedBy('atftpd is already the newest version (0.8.0-3).'), []);
});

test('proc: a listener by state and port, not a connection through it', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100600A:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1',
    '   1: 0100600A:0045 0200600A:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1',
  ].join('\n');
  assert.ok(hasListener(table, '0A', 80));
  assert.ok(!hasListener(table, '0A', 69));
  assert.ok(!hasListener('', '0A', 80));
});

test('proc: processor time of a program whose name holds brackets and spaces', () => {
  const fields = ['S', 1, 2, 3, 0, -1, 4194560, 10, 0, 0, 0, 250, 50, 0, 0, 20, 0];
  assert.equal(ticksOf(`4711 (a) b (c) ${fields.join(' ')}`), 300);
});

test('proc: private memory is clean and dirty together', () => {
  const rollup = 'Shared_Clean:       1456 kB\nPrivate_Clean:        48 kB\nPrivate_Dirty:       112 kB\n';
  assert.equal(privateBytes(rollup), 160 * 1024);
});
