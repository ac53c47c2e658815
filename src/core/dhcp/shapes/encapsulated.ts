import { ByteWriter } from '../../net/bytes.ts';
import { readOptions, writeEnd, writeOption } from '../tlv.ts';
import type { Shape } from './shape.ts';

/** Options within an option (RFC 2132 8.4): PXE's own (43) and iPXE's (175), by their code. */
export type Encapsulated = ReadonlyMap<number, Uint8Array>;

const decode = (bytes: Uint8Array): Encapsulated => readOptions(bytes.slice(), new Map());

function writeAll(value: Encapsulated): ByteWriter {
  const writer = new ByteWriter();
  for (const [code, data] of value) writeOption(writer, code, data);
  return writer;
}

export const encapsulated: Shape<Encapsulated> = { decode, encode: (value) => writeAll(value).bytes() };

/** As `encapsulated`, with END behind it: PXE 2.1 wants one in option 43. */
export const endedEncapsulated: Shape<Encapsulated> = { decode, encode: (value) => writeEnd(writeAll(value)).bytes() };
