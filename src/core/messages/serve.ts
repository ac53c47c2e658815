import type { Catalogue } from './catalogue.ts';

/** Messages of `pxen serve`: the boot server on a machine that is no host of the cluster. */
export const SERVE_MESSAGES = {
  SERVE_READY: {
    level: 'info',
    text: 'serving the folder {dir}: leases in {journal}, HTTP on port {http}, {https}; this log goes to {log}; {end}',
    meaning: 'All that could be opened is open. What is served where stands in the lines before.',
    action: 'none',
  },
  SERVE_ENDED: {
    level: 'info',
    text: 'the boot server has ended, its leases are written',
    meaning: 'It was told to end.',
    action: 'none',
  },
  SERVE_AUTO: {
    level: 'warning',
    text: 'network {network}: `dhcp: auto` means `full` for now, so pxen gives addresses on {interface}{asked}',
    meaning: 'cluster.yaml does not say whether pxen gives addresses here, and nobody else seems to.',
    action: 'Write networks.{network}.dhcp: full into cluster.yaml, or proxy where a router gives addresses.',
  },
  SERVE_ELSEWHERE: {
    level: 'warning',
    text: 'network {network} is not served: no interface of this machine has an address in its subnet',
    meaning: 'cluster.yaml names a network that this machine is not in.',
    action: 'Give an interface an address there, name the interface, or name its relay agents as `relays`.',
  },
  SERVE_DEAF: {
    level: 'warning',
    text: '{why}',
    meaning: 'Machines ask by broadcast when they boot. What is forwarded to a container is sent to one address.',
    action:
      'Run the container with the network of its host (`--network host`) or with one of the kind macvlan; none of it matters where only relay agents and other containers ask.',
  },
  SERVE_SILENT: {
    level: 'info',
    text: 'network {network} on {interface} is left alone: cluster.yaml says `dhcp: silent`',
    meaning: 'No port is opened there.',
    action: 'none',
  },
  SERVE_LOADERS: {
    level: 'info',
    text: 'loaders from {folder}, where boot/loaders has none: {files}',
    meaning: 'The folder lacks loaders that this machine has installed; those are served.',
    action: 'none',
  },
  SERVE_NO_LOADER: {
    level: 'warning',
    text: '{why}',
    meaning: 'Machines with such firmware are given an address and cannot boot.',
    action: 'Install the package ipxe of Debian, or copy the loaders there; `pxen drive build` makes a drive with all.',
  },
  SERVE_NO_FILE: {
    level: 'error',
    text: 'cluster.yaml names boot/{path}, and it is not in the folder',
    meaning: 'A machine that needs the file cannot boot; its screen says the same. All others boot.',
    action: 'Put the file there, or correct its name in cluster.yaml.',
  },
  SERVE_NO_RELEASE: {
    level: 'warning',
    text: 'machines of payload xen cannot boot: {why}',
    meaning: 'The folder holds kernels and loaders of your own only, or a release that is not whole.',
    action: 'Copy boot/ of a drive (`pxen drive build`) into the folder, or set boot.default to a profile of your own.',
  },
  SERVE_TLS_MADE: {
    level: 'info',
    text: 'a certificate was made in {folder}; who is to trust it is given {folder}/ca.pem',
    meaning: 'HTTPS needs a certificate. The authority stays the same at further starts.',
    action: 'Enrol ca.pem in the firmware of machines that boot by HTTPS.',
  },
  SERVE_LINK_LOST: {
    level: 'error',
    text: '{interface} is gone, or has lost {address}: nothing is served there until it is back',
    meaning: 'An interface was taken away, or its address was. Other networks are served on.',
    action: 'See whether the card, the cable or what sets up the network has failed (`ip address`).',
  },
  SERVE_LINK_BACK: {
    level: 'info',
    text: '{interface} is back, {address} is served again',
    meaning: 'The ports of the network were opened anew; leases are what they were.',
    action: 'none',
  },
  SERVE_LINK_FAILED: {
    level: 'error',
    text: '{interface} cannot be served yet: {why}',
    meaning: 'The interface is there, and its ports cannot be opened. It is tried again.',
    action: 'See the reason; mostly the interface has no address yet.',
  },
  SERVE_MOVES: {
    level: 'info',
    text: 'cluster.yaml or the network changed: the servers are begun anew',
    meaning: 'Networks, roles or addresses are other ones than before. Transfers under way break off and are repeated.',
    action: 'none',
  },
  SERVE_STAYS: {
    level: 'error',
    text: 'the networks stay as they were: {why}',
    meaning: 'cluster.yaml was changed so that its networks cannot be served here. Everything else of it is in force.',
    action: 'Do what the sentence says; the change is taken up by itself, within half a minute.',
  },
  SERVE_FAILED: {
    level: 'error',
    text: 'nothing is served: {why}; tried again in {seconds} s',
    meaning: 'The servers could not be begun anew after a change.',
    action: 'Do what the sentence says.',
  },
} as const satisfies Catalogue;
