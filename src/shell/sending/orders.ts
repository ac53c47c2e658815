import type { Lasting } from '../../core/tftp/record.ts';

/** What the program tells its sending threads, and what they tell it. Descriptors are numbers: they belong to the whole program. */

/**
 * Milliseconds for which what comes from the client of an ended transfer is let pass: an ACK that was under way is no stranger's,
 * and a stranger is told that it is one.
 */
export const REST = 30_000;

/** Bytes `at` up to, not including, `to` of the file `file` are to go to `connection`: both are descriptors. */
export interface SendOrder {
  readonly kind: 'send';
  readonly id: number;
  readonly connection: number;
  readonly file: number;
  readonly at: number;
  readonly to: number;
}

/** Where the bytes of a transfer are: in memory that the threads share, or in a file in RAM. */
export type Source = { readonly bytes: Uint8Array } | { readonly descriptor: number };

/** A TFTP transfer is to be carried out, by all threads together. */
export interface CarryOrder {
  readonly kind: 'carry';
  readonly id: number;
  /** The thread's own socket of the transfer's port. */
  readonly socket: number;
  /** The client: `endpointKey`, and struct sockaddr_in. */
  readonly key: number;
  readonly address: Uint8Array;
  /** What `SharedTransfer` lays there. */
  readonly memory: SharedArrayBuffer;
  readonly lasting: Lasting;
  readonly source: Source;
  /** Whether this thread begins it, and repeats what the client does not answer. */
  readonly isMine: boolean;
}

export type Order =
  | SendOrder
  | { readonly kind: 'leaveOff'; readonly id: number }
  /** A socket, from which transfers are to be heard. */
  | { readonly kind: 'open'; readonly socket: number }
  | { readonly kind: 'close'; readonly socket: number }
  | CarryOrder
  /** The client asked for the same transfer again. */
  | { readonly kind: 'again'; readonly id: number };

/** How far a file is. `over`: nothing more is done with its descriptors; less than all went out where the connection or the file has ended. */
interface Sent {
  readonly kind: 'sent';
  readonly id: number;
  readonly at: number;
  readonly over: boolean;
}

/** A transfer has ended; why, where it failed. */
interface Carried {
  readonly kind: 'carried';
  readonly id: number;
  readonly why: string | undefined;
}

export type Told = Sent | Carried;
