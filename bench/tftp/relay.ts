import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

/**
 * A longer way between a TFTP client and its server: what the client sends goes on at once, what the server sends goes on
 * `delay` milliseconds after it came. A program of its own: `relay.ts PORT SERVER DELAY`. When it is told to end (SIGTERM)
 * it prints the round trip as the server saw it: the mean milliseconds from its last datagram to the client's next one.
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
/** When the server last sent something that the client has not answered yet. */
let asked: number | undefined;
const roundTrips = { sum: 0, count: 0 };

const door = createSocket('udp4');
door.on('message', (bytes, from) => {
  const key = `${from.address}:${from.port}`;
  const known = flows.get(key);
  if (known !== undefined) return upwards(known, bytes);
  const flow: Flow = { up: createSocket('udp4'), down: createSocket('udp4'), serverPort: TFTP_PORT };
  flows.set(key, flow);
  flow.up.on('message', (answer, { port }) => {
    flow.serverPort = port;
    asked = performance.now();
    const isFirst = waiting.push({ due: asked + delay, bytes: answer, flow, to: from }) === 1;
    if (isFirst) pass();
  });
  flow.down.on('message', (answer) => upwards(flow, answer));
  flow.down.bind(() => upwards(flow, bytes));
});
door.bind(Number(portText));

function upwards(flow: Flow, bytes: Uint8Array): void {
  if (asked !== undefined) {
    roundTrips.sum += performance.now() - asked;
    roundTrips.count += 1;
    asked = undefined;
  }
  flow.up.send(bytes, flow.serverPort, server);
}

/** Timers of Node are a millisecond coarse; while anything waits, the loop goes round without a pause instead. */
function pass(): void {
  const now = performance.now();
  for (let [next] = waiting; next !== undefined && next.due <= now; [next] = waiting) {
    waiting.shift();
    next.flow.down.send(next.bytes, next.to.port, next.to.address);
  }
  if (waiting.length > 0) setImmediate(pass);
}

process.once('SIGTERM', () => {
  process.stdout.write(`${roundTrips.sum / roundTrips.count}\n`, () => process.exit());
});
