import { spawn } from 'node:child_process';

/** A QEMU that runs. It dies with us: the kernel kills it when our process ends, however that happens. */
export interface QemuProcess {
  /** Power cut: nothing is told, nothing is finished. */
  kill(): void;
  readonly isRunning: () => boolean;
  /** Types on its serial console. */
  readonly type: (text: string) => void;
  /** What it said to standard error, for the failure's sentence. */
  readonly complaint: () => string;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Starts QEMU; `onOutput` gets what its serial console prints. */
export function startQemu(qemu: string, words: readonly string[], onOutput: (piece: string) => void): QemuProcess {
  // setpriv (util-linux) replaces itself by QEMU, and the wish for the signal stays (PR_SET_PDEATHSIG, prctl(2)).
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', qemu, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own session: Ctrl-C at the terminal is for us, who then end it in order.
    detached: true,
  });
  const { promise, resolve } = Promise.withResolvers<number | string>();
  let complaint = '';
  let running = true;
  child.stdout.setEncoding('utf8').on('data', onOutput);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => {
    complaint += error.message;
    resolve(1);
  });
  child.on('close', (code, signal) => resolve(signal ?? code ?? 1));
  void promise.then(() => (running = false));
  return {
    isRunning: () => running,
    type: (text) => void child.stdin.write(text),
    kill: () => child.kill('SIGKILL'),
    complaint: () => complaint.trim(),
    ended: promise,
  };
}
