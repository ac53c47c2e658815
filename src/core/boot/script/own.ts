import { framed, type ScriptBoot } from './frame.ts';
import { ipxeSentence, ipxeWord } from './ipxe-text.ts';

/** A script of the administrator's own: a file below `boot/`, or lines that stand in cluster.yaml. */
export function ownScript(boot: ScriptBoot, script: { readonly file: string } | { readonly text: string }): string {
  if ('file' in script) {
    return framed(boot, `profile ${boot.profile.name}`, [
      `chain --replace ${ipxeWord(`${boot.base}/boot/${script.file}`)} || goto failed`,
    ]);
  }
  const lines = script.text.split(/\r?\n/).filter((line) => !/^#!ipxe\s*$/.test(line));
  const said = `echo pxen: ${ipxeSentence(boot.name)} runs the script of profile ${ipxeSentence(boot.profile.name)}`;
  return ['#!ipxe', said, ...lines, ''].join('\n');
}
