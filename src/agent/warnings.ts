import type { Machine } from './machine.ts';

/** Names of the kernel's consoles: the screen, the serial line (Documentation/admin-guide/serial-console). */
const CONSOLES = '/sys/class/tty/console/active';
/** agetty(8) shows it above the login. */
export const ISSUE = '/run/issue.d/pxen.issue';

/** Shows what host0 warns of on everything that a person could be sitting at: consoles, logins over SSH, the login's banner. */
export class Warnings {
  readonly #machine: Machine;
  #shown = '';

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** To be called with what every reply says; says it when it changes. */
  async see(warnings: readonly string[]): Promise<void> {
    const text = warnings.map((warning) => `pxen: WARNING: ${warning}\n`).join('');
    if (text === this.#shown) return;
    this.#shown = text;
    const { files, log } = this.#machine;
    for (const warning of warnings) log.say('AGENT_WARNED', { warning });
    await files.write(ISSUE, text).catch(() => undefined);
    const said = text === '' ? 'pxen: what was warned of is over\n' : text;
    // A terminal in raw mode begins no new line by itself.
    for (const terminal of await this.#terminals())
      await files.poke(terminal, `\r\n${said.replaceAll('\n', '\r\n')}`).catch(() => undefined);
  }

  async #terminals(): Promise<readonly string[]> {
    const { files } = this.#machine;
    const consoles = ((await files.read(CONSOLES)) ?? '').split(/\s+/).filter(Boolean);
    const logins = (await files.list('/dev/pts')).filter((name) => /^\d+$/.test(name));
    return [...consoles.map((name) => `/dev/${name}`), ...logins.map((name) => `/dev/pts/${name}`)];
  }
}
