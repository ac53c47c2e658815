import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { quantile } from '../numbers.ts';

/**
 * A longer way between a TFTP client and its server: what the client sends goes on at once, what the server sends goes on
 * `delay` milliseconds after it came. A program of its own: `relay.ts PORT SERVER DELAY`. When it is told to end (SIGTERM)
 * it prints the milliseconds that clients took from a server's datagram to their own next one: the median.
 */
const [portText = '', server = '', delayText = ''] = process.argv.slice(2);
const delay = Number(delayText);
const TFTP_PORT = 69;

/** One client port: a socket towards the server (which changes its port once), and one towards the client. */
interface Flow {
  readonly up: Socket;
  readonly down: Socket;
  serverPort: number;
}

interface Waiting {
  readonly due: number;
  readonly bytes: Uint8Array;
  readonly flow: Flow;
  readonly to: RemoteInfo;
}

const flows = new Map<string, Flow>();
const waiting: Waiting[] = [];
const turnarounds: number[] = [];
let delivered: number | undefined;

const door = createSocket('udp4');
door.on('message', (bytes, from) => {
  const key = `${from.address}:${from.port}`;
  const known = flows.get(key);
  if (known !== undefined) return upwards(known, bytes);
  const flow: Flow = { up: createSocket('udp4'), down: createSocket('udp4'), serverPort: TFTP_PORT };
  flows.set(key, flow);
  flow.up.on('message', (answer, { port }) => {
    flow.serverPort = port;
    const isFirst = waiting.push({ due: performance.now() + delay, bytes: answer, flow, to: from }) === 1;
    if (isFirst) pass();
  });
  flow.down.on('message', (answer) => upwards(flow, answer));
  flow.down.bind(() => upwards(flow, bytes));
});
door.bind(Number(portText));

function upwards(flow: Flow, bytes: Uint8Array): void {
  if (delivered !== undefined) turnarounds.push(performance.now() - delivered);
  delivered = undefined;
  flow.up.send(bytes, flow.serverPort, server);
}

/** Timers of Node are a millisecond coarse; while anything waits, the loop goes round without a pause instead. */
function pass(): void {
  const now = performance.now();
  for (let [next] = waiting; next !== undefined && next.due <= now; [next] = waiting) {
    waiting.shift();
    delivered = now;
    next.flow.down.send(next.bytes, next.to.port, next.to.address);
  }
  if (waiting.length > 0) setImmediate(pass);
}

process.once('SIGTERM', () => {
  process.stdout.write(`${quantile(turnarounds, 0.5)}\n`, () => process.exit());
});
