import type { Catalogue } from './catalogue.ts';

/** Messages of the boot server as a whole, of waking and the timeline of boots. */
export const BOOT_MESSAGES = {
  BOOT_SERVING: {
    level: 'info',
    text: 'serving release {release} on {interface} as {address}: network {network}, {subnet}, role {role}, {gives}',
    meaning: 'The boot server is up: DHCP, TFTP and HTTP answer.',
    action: 'none',
  },
  BOOT_CARD_CHANGED: {
    level: 'info',
    text: '{interface} had the MAC address {before} and has {mac} now; everybody was told that {address} is there',
    meaning: 'A card was replaced, or a bridge or bond took the address of another one. Nothing has to begin anew.',
    action: 'none',
  },
  BOOT_PROBE_FAILED: {
    level: 'warning',
    text: 'cannot ask who has {address}: {reason}',
    meaning: 'Whether another machine uses the address is unknown; it is taken all the same.',
    action: 'If two machines turn out to have it: name a free subnet as networks.main.subnet in cluster.yaml.',
  },
  BOOT_TWINS: {
    level: 'warning',
    text: '{macs} are different machines that have one UUID, {uuid}: each goes by its MAC address instead',
    meaning: 'Their makers gave several boards one UUID. They boot, and their names follow from their MAC addresses.',
    action: 'Name each of them in cluster.yaml by its mac; settings and secrets that go by this uuid fit neither.',
  },
  BOOT_STEP: {
    level: 'info',
    text: '{mac} {step} {detail}',
    meaning: 'A machine reached a step of its boot.',
    action: 'none',
  },
  BOOT_LOADER_UNSTARTED: {
    level: 'warning',
    text: '{mac} fetched its loader whole ({loader}), then its firmware asked again: nothing was heard of the loader',
    meaning:
      'The firmware did not start what it fetched, or the loader found no network and gave up. Under Secure Boot firmware starts only what is signed by a key that it holds, which iPXE of Debian is not.',
    action:
      'Turn Secure Boot off in the setup of this machine, or name a signed loader as boot.loaders in cluster.yaml (docs/boot.md, "Secure Boot").',
  },
  BOOT_SEND_FAILED: {
    level: 'warning',
    text: 'cannot send to {to}: {why}',
    meaning: 'The system refused to send a datagram.',
    action: 'See whether the interface is up and has its address.',
  },
  BOOT_SCRIPT_REFUSED: {
    level: 'error',
    text: '{mac} cannot be given its boot files: {why}',
    meaning: 'A value of this machine, mostly out of cluster.yaml, cannot stand in what it boots from.',
    action: 'Correct the value that the message names.',
  },
  BOOT_OVERLAY_FILE: {
    level: 'warning',
    text: '{mac} is not given {file}: {why}',
    meaning: 'A file that settings or an add-on put onto this machine cannot be read; the machine boots without it.',
    action: 'Put the file there on the drive, or correct its name (pxen check finds it).',
  },
  BOOT_PACKAGE: {
    level: 'warning',
    text: '{who} is not given the package {package}: {why}',
    meaning:
      'Settings of cluster.yaml want a package on this host that the drive cannot give; the host boots without it.',
    action:
      'Run `pxen drive packages DIR` for the folder where the drive is mounted, on a machine with a checkout of pxen.',
  },
  BOOT_OWN_NEXT: {
    level: 'warning',
    text: 'what cluster.yaml sets for this host holds from its next boot on: {what}',
    meaning:
      'Arguments of Xen and Linux, and packages, of the host that boots from the drive are given by the drive; they were written there now.',
    action: 'Restart this host when it suits you.',
  },
  BOOT_OWN_FAILED: {
    level: 'error',
    text: 'this host runs without what cluster.yaml sets for it ({what}): twice it did not come up with that',
    meaning: 'The loader of the drive tried the arguments and packages twice, and host0 was never up with them.',
    action: 'Change xenArgs, kernelArgs or packages of this host in cluster.yaml; a change is tried at its next boot.',
  },
  BOOT_OWN_UNKEPT: {
    level: 'warning',
    text: 'what cluster.yaml sets for this host ({what}) could not be put onto the drive: {why}',
    meaning: 'The drive is pulled, mounted or cannot be written; the next boot is as this one.',
    action: 'See the reason. What the drive did not take is tried again after five minutes.',
  },
  BOOT_OWN_FILE: {
    level: 'warning',
    text: '{what}: {why}',
    meaning: 'Something that settings of cluster.yaml want on host0 itself could not be done; all else was.',
    action: 'Correct the setting; pxen check --explain HOST tells where it stands.',
  },
  BOOT_BEACON_UNREADABLE: {
    level: 'debug',
    text: 'no step of stage 1 from {from}: {why}',
    meaning: 'Something else came to the port for the steps of stage 1.',
    action: 'none',
  },
  BOOT_CLUSTER_FILE: {
    level: 'error',
    text: 'cluster.yaml has a mistake, the version before stays in force: {mistake}',
    meaning: 'The file was changed and cannot be read. Nothing of it is in force.',
    action: 'Correct it at the line and column that the message names.',
  },
  BOOT_ADDON: {
    level: 'error',
    text: 'the add-on {name} {left}: {mistake}',
    meaning: 'cluster.yaml switches on an add-on whose folder is missing, or whose addon.yaml has a mistake.',
    action: 'Put addons/NAME/addon.yaml onto the drive, or correct it at the line that the message names.',
  },
  BOOT_ADDON_READ: {
    level: 'info',
    text: 'the add-on {name} is in force as it stands now',
    meaning: 'An add-on was switched on, or its file was changed, and was read whole.',
    action: 'none',
  },
  BOOT_CLUSTER_READ: {
    level: 'info',
    text: 'cluster.yaml was changed and is in force',
    meaning: 'The file was changed and read whole.',
    action: 'none',
  },
  PROXY_ANSWERED: {
    level: 'info',
    text: '{mac} at {to} was told on port 4011: {boot}',
    meaning: 'A machine asked for its boot file apart from DHCP, and was told.',
    action: 'none',
  },
  PROXY_SILENT: {
    level: 'debug',
    text: '{mac} is not answered on port 4011: {why}',
    meaning: 'A machine asked for its boot file apart from DHCP, and was deliberately not answered.',
    action: 'None, unless this machine should boot; then the reason says what stands against it.',
  },
  WAKE_SENT: {
    level: 'info',
    text: '{mac} is sent a magic packet',
    meaning: 'A machine that is known and silent is being woken.',
    action: 'none',
  },
} as const satisfies Catalogue;
