import { setTimeout as sleep } from 'node:timers/promises';

/** Time as an argument, so that a test can bring its own. */
export interface Clock {
  /** Milliseconds since some fixed moment; never jumps (the wall clock of a host may be unset). */
  now(): number;
  /** Resolves after `milliseconds`, or rejects when `signal` aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};

/** From this thread's clock to the one that all threads have in common. */
const AHEAD = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds since this machine was started, the same in all threads; never jumps. */
export const machineNow = (): number => performance.now() + AHEAD;

/** Seconds since 1970 as this machine has it, which may be anything where its clock is unset; never used to order things. */
export const wallSeconds = (): number => Math.max(0, Math.floor(Date.now() / 1000));

/** The time in UTC as this machine has it (RFC 3339), for people. */
export const wallTime = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
