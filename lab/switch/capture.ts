import { closeSync, openSync, writeSync } from 'node:fs';
import { pcapHeader, pcapRecord } from './pcap.ts';

const FLUSH_AT = 1 << 18;

/** Writes frames to a pcap file, many at a time; `close` writes the rest. */
export class Capture {
  readonly path: string;
  readonly #file: number;
  #waiting: Buffer[];
  #bytes = 0;
  #open = true;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'w');
    this.#waiting = [pcapHeader()];
  }

  /** `at` is milliseconds since the epoch. The frame is copied. */
  add(at: number, frame: Uint8Array): void {
    const record = pcapRecord(at, frame);
    this.#waiting.push(record);
    this.#bytes += record.length;
    if (this.#bytes >= FLUSH_AT) this.flush();
  }

  flush(): void {
    if (!this.#open || this.#waiting.length === 0) return;
    writeSync(this.#file, Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#bytes = 0;
  }

  close(): void {
    if (!this.#open) return;
    this.flush();
    this.#open = false;
    closeSync(this.#file);
  }
}
