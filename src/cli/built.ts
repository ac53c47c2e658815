import type { BuiltDrive } from '../build/main.ts';
import { megabytes } from './megabytes.ts';

/** What was built, for people. `milliseconds`: how long it took. */
export function builtText({ release, bytes, sha256 }: BuiltDrive['image'], milliseconds: number): string {
  const seconds = (milliseconds / 1000).toFixed(1);
  return `release  ${release}, in ${seconds} s\nwire     ${bytes} bytes (${megabytes(bytes)}) until ready\nmanifest ${sha256}\n`;
}
