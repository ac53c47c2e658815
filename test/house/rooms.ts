/** A room of docs/architecture.md and what it may lean on. A path ends in `/` for a folder, else it is one file. */
interface Room {
  readonly room: string;
  readonly mayImport: readonly RegExp[];
}

const CORE = /^src\/core\//;
const SHELL = /^src\/shell\//;
const NODE = /^node:/;
const own = (room: string): RegExp => new RegExp(`^${room}`);

/** The table "Rooms" of docs/architecture.md. The first room whose name begins a path is that of the file. */
export const ROOMS: readonly Room[] = [
  { room: 'src/core/', mayImport: [CORE, /^(yaml|zod)$/, /^@noble\/hashes/] },
  { room: 'src/shell/', mayImport: [SHELL, NODE, /^koffi$/, CORE] },
  { room: 'src/host0/', mayImport: [own('src/host0/'), CORE, SHELL, NODE, /^zod$/] },
  { room: 'src/agent/', mayImport: [own('src/agent/'), CORE, SHELL, NODE, /^zod$/] },
  { room: 'src/build/', mayImport: [own('src/build/'), CORE, SHELL, NODE, /^(zod|esbuild)$/] },
  {
    room: 'src/cli/',
    mayImport: [
      own('src/cli/'),
      CORE,
      SHELL,
      NODE,
      /^src\/build\//,
      /^src\/(host0|agent)\/main\.ts$/,
      /^src\/host0\/serve\.ts$/,
      /^lab\/(main|options)\.ts$/,
      /^bench\/main\.ts$/,
    ],
  },
  { room: 'lab/', mayImport: [own('lab/'), /^src\/core\/(net|api|cluster)\//, SHELL, NODE, /^(yaml|zod)$/] },
];

/** Tests and benches may lean on anything; nothing but they may lean on them (cli starts the benches). */
export const roomOf = (path: string): Room | undefined => ROOMS.find(({ room }) => path.startsWith(room));
