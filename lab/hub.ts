import { comma } from './machine/board.ts';

/** QEMU without a machine: the switch at `socket` and another network of QEMU's, given as for `-netdev`, joined by a hub. */
export function hubArguments(name: string, socket: string, netdev: string): string[] {
  return [
    ['-name', name, '-machine', 'none', '-no-user-config', '-nodefaults', '-display', 'none'],
    ['-netdev', `stream,id=switch,server=off,addr.type=unix,addr.path=${comma(socket)}`],
    ['-netdev', `${netdev},id=other`],
    ['-netdev', 'hubport,id=hub0,hubid=0,netdev=switch', '-netdev', 'hubport,id=hub1,hubid=0,netdev=other'],
  ].flat();
}
