import { nodeFile, piecesTogether, sizeTogether } from '../core/boot/nodeFile.ts';
import { filesOf, type Profile } from '../core/boot/profile.ts';
import type { Mac } from '../core/net/mac.ts';
import type { Files, OpenFile } from '../shell/files.ts';

/** What is needed to find the files of what machines boot. */
export interface NodeViewDeps {
  readonly profile: (mac: Mac) => Profile | undefined;
  /** A machine asks for a file that its profile names and that is not there. */
  readonly missing: (mac: Mac, why: string) => void;
}

/** `boot/` as U-Boot is told of it by its pxelinux.cfg: with the kernel and the initrds of a machine under the machine's name. */
export function withNodeFiles(files: Files, { profile, missing }: NodeViewDeps): Files {
  return {
    ...files,
    open: async (path) => {
      const asked = nodeFile(path);
      if (asked === undefined) return files.open(path);
      const given = profile(asked.mac);
      const [kernel, ...initrds] = given?.payload.kind === 'linux' ? filesOf(given.payload) : [];
      const wanted = asked.part === 'initrds' ? initrds : kernel === undefined ? [] : [kernel];
      const told = (gone: string): void =>
        missing(asked.mac, `boot/${gone} of profile ${given?.name} is not on the boot server`);
      return openTogether(wanted, files, told);
    },
  };
}

/** Undefined where there are none, or not all are there. */
async function openTogether(
  paths: readonly string[],
  files: Files,
  missing: (path: string) => void,
): Promise<OpenFile | undefined> {
  const opened: OpenFile[] = [];
  try {
    for (const path of paths) {
      const file = await files.open(path);
      if (file !== undefined) opened.push(file);
      else missing(path);
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  if (opened.length === paths.length) return opened.length < 2 ? opened[0] : together(opened);
  await closeAll(opened);
  return undefined;
}

const closeAll = async (opened: readonly OpenFile[]): Promise<void> => {
  for (const file of opened) await file.close();
};

function together(opened: readonly OpenFile[]): OpenFile {
  const sizes = opened.map(({ info }) => info.size);
  const modified = Math.max(...opened.map(({ info }) => info.modified));
  return {
    info: { size: sizeTogether(sizes), modified },
    read: async (from, to, into) => {
      const bytes = into?.subarray(0, to - from).fill(0) ?? new Uint8Array(to - from);
      for (const piece of piecesTogether(sizes, from, to))
        bytes.set((await opened[piece.index]?.read(piece.from, piece.to)) ?? [], piece.at);
      return bytes;
    },
    close: () => closeAll(opened),
  };
}
