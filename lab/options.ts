/** `mixed`: the first machine is UEFI from the drive, then UEFI from the network, BIOS from the network, in turn. */
export type Firmware = 'uefi' | 'bios' | 'mixed';
export const SCENARIOS = ['once', 'drive-pulled', 'power-cut'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface LabOptions {
  /** The raw image of a built drive. The lab works on a copy. */
  readonly drive: { readonly path: string; readonly bytes: number };
  readonly image: { readonly release: string; readonly bytes: number; readonly sha256: string };
  /** Puts a cluster.yaml into a raw drive image. */
  readonly writeClusterFile: (drivePath: string, yaml: string) => Promise<void>;
  /** Machines in the rack, the one with the drive included. */
  readonly hosts: number;
  readonly firmware: Firmware;
  readonly scenario: ScenarioName;
  /** For the whole run, from the first power-on. */
  readonly timeoutSeconds: number;
  /** Nobody sits at the terminal: no keys are read, and progress is plain lines. */
  readonly headless: boolean;
  /** Leaves the work folder (disks, logs, capture) behind. A failed run leaves it in any case. */
  readonly keep: boolean;
  /** Where the result goes; written whatever happens. */
  readonly jsonFile?: string;
  /** Where what was printed is drawn, under the call that printed it. */
  readonly picture?: { readonly file: string; readonly call: string };
  readonly workdir: string;
  /** Ends after the scenario; else the rack stays up until Ctrl-C. */
  readonly once: boolean;
  /** TCP port on 127.0.0.1 that leads to the service address; a free one where absent. */
  readonly port?: number;
  /** Seed of what goes wrong on the switch. */
  readonly seed?: number;
  /** Where progress goes; the terminal's standard error where absent. */
  readonly write?: (text: string) => void;
  readonly isTerminal?: boolean;
}
