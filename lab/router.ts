import { hubArguments } from './hub.ts';
import { startQemu, type QemuProcess } from './shell/qemu.ts';

/**
 * A household router on the switch: QEMU's user network, whose DHCP server gives addresses to all who ask, and knows nothing of
 * boot files. Nothing passes to anywhere else (`restrict`). The switch must listen at `socket` already.
 */
export const startRouter = (qemu: string, socket: string): QemuProcess =>
  startQemu(qemu, hubArguments('router', socket, ROUTER), () => undefined);

const ROUTER = 'user,net=10.1.2.0/24,host=10.1.2.254,dns=10.1.2.253,dhcpstart=10.1.2.200,ipv6=off,restrict=on';
