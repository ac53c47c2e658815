import { dirname, join } from 'node:path';
import type { Cluster } from '../core/cluster/schema.ts';
import { hostKeyOf, keptHostKeys } from '../core/state/hostKeys.ts';
import type { SshKey } from '../core/ssh/hostKey.ts';
import type { Clock } from '../shell/clock.ts';
import { sayOnConsole } from '../shell/console.ts';
import { sentenceOf } from '../shell/fail.ts';
import type { HostFiles } from '../shell/host-files.ts';
import type { Log } from '../shell/log.ts';
import { makeSshKey } from '../shell/sshKey.ts';
import type { TlsIdentity } from '../shell/tls.ts';
import type { TlsNames } from '../shell/tlsMake.ts';
import type { KeptState } from './state.ts';

export interface SecurityDeps {
  readonly cluster: () => Cluster;
  readonly names: () => TlsNames;
  /** A folder in RAM, for keys that no drive holds. */
  readonly folder: string;
  /** The facts of this host, beside which its agent finds the authority; absent on a machine that is no host. */
  readonly facts: string | undefined;
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** The keys of the cluster, while host0 serves. */
export class Security {
  readonly #deps: SecurityDeps;
  readonly #begun = Promise.withResolvers<TlsIdentity | undefined>();
  #state: KeptState | undefined;
  #fingerprint: string | undefined;
  #warning: string | undefined;

  constructor(deps: SecurityDeps) {
    this.#deps = deps;
  }

  /** What HTTPS shows, once it is known; undefined where there can be no keys. */
  get tls(): Promise<TlsIdentity | undefined> {
    return this.#begun.promise;
  }

  /** The authority in a few characters, once it is known. */
  readonly fingerprint = (): string | undefined => this.#fingerprint;
  readonly warnings = (): readonly string[] => (this.#warning === undefined ? [] : [this.#warning]);

  /** The SSH host key that is kept for a host. */
  readonly sshKeyOf = (uuid: string): SshKey | undefined => hostKeyOf(this.#state?.now()?.hostKeys ?? [], uuid);
  /** That of the host which was booted from the drive. */
  readonly ownSshKey = (): SshKey | undefined => this.sshKeyOf(this.#state?.now()?.chain.stamps.at(-1)?.machine ?? '');

  /** To be called once, when it is known what the drive remembers. Never fails: machines boot anyway. */
  async begin(state: KeptState | undefined, signal: AbortSignal): Promise<void> {
    this.#state = state;
    try {
      this.#tendHostKeys();
      this.#begun.resolve(await this.#trust(state));
      await this.#watch(signal);
    } catch (error) {
      const why = sentenceOf(error);
      this.#warning = `there are no keys for HTTPS: ${why}`;
      this.#deps.log.say('TRUST_FAILED', { why });
      this.#begun.resolve(undefined);
    }
  }

  async #trust(state: KeptState | undefined): Promise<TlsIdentity> {
    const { cluster, folder, log, names, facts, files } = this.#deps;
    const [{ openTrust, whyInRam }, { fingerprintOf, issueServer }] = await Promise.all([
      import('./trust.ts'),
      import('../shell/tlsMake.ts'),
    ]);
    const trust = await openTrust({ state, folder, cluster: cluster().cluster.name, log });
    this.#fingerprint = fingerprintOf(trust.authority.cert);
    if (state?.now() === undefined) this.#warning = `the keys of HTTPS are in RAM for this boot: ${whyInRam(state)}`;
    if (facts !== undefined) {
      await files.write(join(dirname(facts), 'ca.pem'), trust.authority.cert);
      await sayOnConsole(files, `pxen: the authority of this cluster is ${this.#fingerprint}`);
    }
    return issueServer(trust, names());
  }

  /** Hosts that cluster.yaml names meanwhile get a key as well. */
  async #watch(signal: AbortSignal): Promise<void> {
    for (let known = this.#deps.cluster(); !signal.aborted;) {
      await this.#deps.clock.sleep(LOOK, signal).catch(() => undefined);
      if (known === this.#deps.cluster()) continue;
      known = this.#deps.cluster();
      this.#tendHostKeys();
    }
  }

  #tendHostKeys(): void {
    this.#state?.change((state) => {
      const { hostKeys: before = [], chain } = state;
      const started = chain.stamps.map(({ machine }) => machine);
      const hostKeys = keptHostKeys(before, this.#deps.cluster(), started, makeSshKey);
      return hostKeys === before ? state : { ...state, hostKeys };
    });
  }
}

/** Milliseconds between two looks at cluster.yaml. */
const LOOK = 5000;
