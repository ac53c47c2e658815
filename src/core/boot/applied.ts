import { valuesOf, type HostSettings } from '../cluster/settings.ts';

/**
 * What is applied to a host's root, a line each, as its agent reports it: `sysctl net.ipv4.ip_forward = 1`. Arguments are not
 * among it: the command lines of Xen and Linux tell them.
 */
export function appliedText(settings: HostSettings): string {
  const lines = [
    ...valuesOf(settings.files).map(({ path }) => `file ${path}`),
    ...settings.unitTexts.map(({ key }) => `unit ${key} written`),
    ...settings.unitStates.map(({ key, values }) => `unit ${key} ${values[0]}`),
    ...valuesOf(settings.modules).map((module) => `module ${module}`),
    ...settings.sysctl.map(({ key, values }) => `sysctl ${key} = ${values[0]}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Lines that a report carries at most, and characters of each: it travels every few seconds. */
const MOST = 100;
const LONGEST = 200;

/** The lines of `appliedText` as a report carries them. */
export const appliedLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, MOST)
    .map((line) => line.slice(0, LONGEST));
