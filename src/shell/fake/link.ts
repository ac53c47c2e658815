import { arpFrame, readArp } from '../../core/net/arp.ts';
import type { Ipv4 } from '../../core/net/ipv4.ts';
import type { Mac } from '../../core/net/mac.ts';
import type { Link } from '../link.ts';

const ARP = 0x06;

/** Raw frames in memory: remembers what was sent, and answers ARP for whoever is at home. */
export class FakeLink implements Link {
  /** As it was when the server last looked. */
  mac = '02:00:00:00:00:01' as Mac;
  /** The card's own, now. */
  card = this.mac;
  /** Who has which address. */
  readonly strangers = new Map<Ipv4, Mac>();
  /** The addresses that were asked for. */
  readonly asked: Ipv4[] = [];
  /** Addresses that were announced, each with its MAC. */
  readonly announced: string[] = [];
  /** Frames that are no ARP. */
  readonly frames: Uint8Array[] = [];
  /** Nothing can be sent. */
  refuses = false;
  readonly #arrived: Uint8Array[] = [];

  send(frame: Uint8Array): boolean {
    if (this.refuses) return false;
    if (frame[13] === ARP) this.#ask(frame);
    else this.frames.push(frame);
    return true;
  }

  #ask(frame: Uint8Array): void {
    const { sender, target } = readArp(frame);
    if (sender.address === target.address) return void this.announced.push(`${sender.address} ${sender.mac}`);
    this.asked.push(target.address);
    const mac = this.strangers.get(target.address);
    if (mac === undefined) return;
    this.#arrived.push(arpFrame(this.mac, { kind: 'reply', sender: { mac, address: target.address }, target: sender }));
  }

  async renewed(): Promise<boolean> {
    const isOther = this.mac !== this.card;
    this.mac = this.card;
    return isOther;
  }

  receiveArp(): Uint8Array | undefined {
    return this.#arrived.shift();
  }

  close(): void {
    this.#arrived.length = 0;
  }
}
