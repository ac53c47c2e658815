import { libc } from '../../src/shell/systemCalls.ts';

/** Prints a line for every DHCP reply that comes in by any interface of its namespace: destination MAC, address, type. */

const AF_PACKET = 17;
const SOCK_RAW_NONBLOCK = 3 | 0o4000;
/** ETH_P_ALL in the network's order. */
const ALL = 0x0300;
const hex = (bytes: Buffer): string => bytes.toString('hex').replaceAll(/(..)(?=.)/g, '$1:');

const fd = libc().socket(AF_PACKET, SOCK_RAW_NONBLOCK, ALL);
if (fd < 0) throw new Error('no packet socket');
const frame = Buffer.alloc(2048);
process.stdout.write('listening\n');
setInterval(() => {
  for (
    let length = libc().recv(fd, frame, frame.length, 0);
    length > 0;
    length = libc().recv(fd, frame, frame.length, 0)
  ) {
    const isReply =
      length > 285 && frame.readUInt16BE(12) === 0x0800 && frame[23] === 17 && frame.readUInt16BE(36) === 68;
    if (isReply)
      process.stdout.write(`${hex(frame.subarray(0, 6))} ${frame.subarray(30, 34).join('.')} ${frame[284]}\n`);
  }
}, 5);
