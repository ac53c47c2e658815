/** `pxen agent`: the program of every host, which runs as its file is loaded; ends when it is told to. */
export async function run(): Promise<number> {
  await import('../agent/main.ts');
  return Number(process.exitCode ?? 0);
}
