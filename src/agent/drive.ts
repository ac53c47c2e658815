import { volumeAt } from '../core/discover/storage.ts';
import type { Identity } from './identify.ts';
import type { Machine } from './machine.ts';
import type { StorageSeen } from './storage.ts';

/** Notices that the drive was pulled or put back, and says so. (The host0 service looks by itself, for its status.) */
export class DriveWatch {
  readonly #machine: Machine;
  readonly #volume: string;
  #device: string | undefined;

  constructor(machine: Machine, identity: Identity) {
    this.#machine = machine;
    this.#volume = identity.volume;
  }

  /** To be called with every look at storage. */
  see(storage: StorageSeen | undefined): void {
    if (storage === undefined || this.#volume === '') return;
    const { log } = this.#machine;
    const device = volumeAt(storage.devices, this.#volume)?.path ?? '';
    if (device === this.#device) return;
    if (device === '') log.say('AGENT_DRIVE_PULLED');
    else if (this.#device === '') log.say('AGENT_DRIVE_BACK', { device });
    this.#device = device;
  }
}
