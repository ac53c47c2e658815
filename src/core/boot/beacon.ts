import { parseMac, type Mac } from '../net/mac.ts';
import { DecodeError } from '../net/bytes.ts';
import { printable } from '../net/text.ts';

/** A step of stage 1, told by HTTP (docs/boot.md, "Names on the wire"). */
export interface Beacon {
  readonly mac: Mac;
  /** Seconds since Linux began on the machine. */
  readonly seconds: number;
  readonly step: Stage1Step;
  readonly detail: string;
}

export const STAGE1_STEPS = ['begin', 'net', 'fetch', 'verify', 'root', 'switch', 'retry', 'failed'] as const;
export type Stage1Step = (typeof STAGE1_STEPS)[number];

const LONGEST = 512;
const LINE_END = 0x0a;

/** Reads `pxen1 <mac> <seconds> <step> <detail...>`; throws DecodeError for anything else. */
export function parseBeacon(bytes: Uint8Array): Beacon {
  const text = bytes.at(-1) === LINE_END ? bytes.subarray(0, -1) : bytes;
  const [head, macText = '', seconds = '', stepText = '', ...detail] = printable(text.subarray(0, LONGEST)).split(/ +/);
  const mac = parseMac(macText);
  const step = STAGE1_STEPS.find((one) => one === stepText);
  if (head !== 'pxen1' || mac === undefined) throw new DecodeError('no step of stage 1');
  if (step === undefined) throw new DecodeError(`stage 1 has no step ${JSON.stringify(stepText)}`);
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(seconds)) throw new DecodeError(`${JSON.stringify(seconds)} are no seconds`);
  return { mac, seconds: Number(seconds), step, detail: detail.join(' ') };
}

/** A step as it stands in the timeline of its machine. */
export const timelineStep = ({ step, seconds, detail }: Beacon): [step: string, detail: string] => [
  `stage1 ${step}`,
  `${seconds} s ${detail}`.trim(),
];
