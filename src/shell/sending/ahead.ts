import { DATA_HEADER, writeBlocks, type Run } from '../../core/tftp/blocks.ts';
import { Memory } from '../runOutbox.ts';
import type { Copy } from './source.ts';

/** Bytes: more is not written ahead, since each transfer keeps it. */
const MOST = 64 * 1024;

/** The window that follows on the one that was sent, written while its ACK is awaited: then only the sending is left. */
export class Ahead {
  /** Where it stands; undefined as long as none was written. */
  memory: Memory | undefined;
  length = 0;
  #first = 0;
  #blocks = 0;

  holds({ first, blocks }: Run): boolean {
    return first === this.#first && blocks === this.#blocks;
  }

  /** Of a file of `size` bytes. What was written before must have been sent. */
  write(run: Run, size: number, copy: Copy): void {
    const room = run.blocks * (DATA_HEADER + run.blksize);
    if (run.blocks < 1 || room > MOST || this.holds(run)) return;
    this.#blocks = 0;
    if (this.memory === undefined || this.memory.bytes.length < room) this.memory = new Memory(room);
    const { bytes } = this.memory;
    this.length = writeBlocks(bytes, 0, run, size, (at, from, to) => copy(bytes, at, from, to));
    [this.#first, this.#blocks] = [run.first, run.blocks];
  }

  forget(): void {
    this.#blocks = 0;
    this.memory = undefined;
  }
}
