import { framed, type ScriptBoot } from './frame.ts';
import { ipxeWord } from './ipxe-text.ts';
import { choiceQuery, nodeUrl } from './url.ts';

/** What the script of payload `linux` is made of. */
export interface LinuxBoot extends ScriptBoot {
  readonly initrds: number;
  readonly args: readonly string[];
  readonly choice: string | undefined;
}

/**
 * The script that boots any Linux. From UEFI the kernel takes its initrds from iPXE by LoadFile2 (Linux 5.8 and later), older
 * ones by the names that `initrd=` gives in the file system iPXE shows: both are served.
 */
export function linuxScript(boot: LinuxBoot): string {
  const node = nodeUrl(boot.base, boot.mac);
  const choice = choiceQuery(boot.choice);
  const names = Array.from({ length: boot.initrds }, (_, index) => `initrd${index}`);
  const args = boot.args.map((arg) => ` ${ipxeWord(arg)}`).join('');
  const initrds = names.map((name) => `initrd --name ${name} ${node}/${name}${choice} || goto failed`);
  return framed(boot, `profile ${boot.profile.name}`, [
    'iseq ${platform} efi && goto efi ||',
    `kernel ${node}/kernel${choice}${args} || goto failed`,
    ...initrds,
    'boot || goto failed',
    ':efi',
    // Such a kernel needs a loader that knows it, as GRUB does; iPXE hands it to the firmware, which refuses it.
    'iseq ${buildarch} i386 && echo pxen: this firmware has 32 bits and starts no 64-bit kernel by itself ||',
    `kernel --name kernel ${node}/kernel${choice}${names.map((name) => ` initrd=${name}`).join('')}${args} || goto failed`,
    ...initrds,
    'boot || goto failed',
  ]);
}
