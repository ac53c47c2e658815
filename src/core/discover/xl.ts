import { DecodeError } from '../net/bytes.ts';

export const XL_INFO: readonly string[] = ['xl', 'info'];
/**
 * The table and not `xl list -l`: that one leaves out every domain whose configuration cannot be read (dying, half
 * built, made by another hand) and says nothing of states (tools/xl/xl_info.c), but to start no VM twice each one counts.
 */
export const XL_LIST: readonly string[] = ['xl', 'list', '-v'];

export interface XlInfo {
  readonly version: string;
  readonly cpus: number;
  /** Bytes; `free` is what new domains can have. */
  readonly total: number;
  readonly free: number;
  /** Arguments of Xen, as they stand. */
  readonly commandLine: string;
  /** `pv`, `hvm`, `hap`...: what kinds of guest this machine can run. */
  readonly caps: readonly string[];
}

/** Reads `xl info`; throws DecodeError where one of the lines needed is missing. */
export function parseXlInfo(text: string): XlInfo {
  const field = (name: string): string => {
    const value = new RegExp(String.raw`^${name}\s*:(.*)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new DecodeError(`xl info says nothing of ${name}`);
    return value.trim();
  };
  const count = (name: string): number => {
    if (!/^\d+$/.test(field(name))) throw new DecodeError(`xl info says ${JSON.stringify(field(name))} for ${name}`);
    return Number(field(name));
  };
  return {
    version: field('xen_version'),
    cpus: count('nr_cpus'),
    total: count('total_memory') * 2 ** 20,
    free: count('free_memory') * 2 ** 20,
    commandLine: /^xen_commandline\s*:(.*)$/m.exec(text)?.[1]?.trim() ?? '',
    caps: field('virt_caps').split(/\s+/).filter(Boolean),
  };
}

export type PowerState = 'Running' | 'Paused' | 'Halted' | 'Crashed';

export interface Domain {
  readonly name: string;
  readonly domid: number;
  /** Bytes it has now. */
  readonly memory: number;
  readonly uuid: string;
  readonly state: PowerState;
}

const DOMAIN =
  /^(.+?)\s+(\d+)\s+(\d+)\s+\d+\s+[r-][b-]([p-])([s-])([-rscwS?])([d-])\s+[\d.]+ ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s/;

/** Reads `xl list -v`, dom0 included (domid 0); throws DecodeError at the first line that is no domain. */
export function parseXlList(text: string): readonly Domain[] {
  const [head, ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  if (!/^Name\s+ID\s+Mem VCPUs\s+State\s+Time\(s\)\s+UUID/.test(head ?? '')) {
    throw new DecodeError(`xl list -v began with ${JSON.stringify((head ?? '').slice(0, 60))}`);
  }
  return lines.map(domain);
}

function domain(line: string): Domain {
  const [, name = '', domid, mebibytes, paused = '', shut = '', reason = '', dying = '', uuid = ''] =
    DOMAIN.exec(line) ?? [];
  if (uuid === '') throw new DecodeError(`xl list -v printed ${JSON.stringify(line.slice(0, 120))}`);
  const state = powerState(paused === 'p', shut === 's' || dying === 'd', reason);
  return { name, domid: Number(domid), memory: Number(mebibytes) * 2 ** 20, uuid, state };
}

/** The letters of xl(1): `s` shut down with its reason after it (`c` crashed), `d` dying. */
function powerState(paused: boolean, ended: boolean, reason: string): PowerState {
  if (ended) return reason === 'c' ? 'Crashed' : 'Halted';
  return paused ? 'Paused' : 'Running';
}
