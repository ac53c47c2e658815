import { group, type Group } from './cases.ts';

/** Cases of the boot: proxyDHCP, architectures, HTTP, TFTP, scripts. */
export const BOOT_CASES: readonly Group[] = [
  group(
    'F',
    'proxyDHCP, port 4011, menus',
    `
F1 | a proxy's offer: no address, no lease, but class, id, options and file | EDK2 PxeBcDhcp4.c
F2 | EDK2 keeps the first PXE offer of a proxy, and all that send it to 4011 | EDK2 PxeBcDhcp4.c
F3 | a BIOS client that asks 4011 is answered | netboot 132
F4 | UEFI that does not heed 43.6 is sent to 4011 | netboot 43
F5 | the answer on 4011 carries all that strict firmware looks for | Sidero 1212
F6 | a chosen boot item is acknowledged; its BIS layer refused | dnsmasq rfc2131.c
F7 | a menu of one item is never sent to UEFI | dnsmasq rfc2131.c
F8 | menus and prompts of BIOS clients, with their special time-outs | EDK2 PxeBcBoot.c
F9 | the bits of discovery control mean what PXE says | PXE 2.1 table 2-1
F10 | old EDK2 that keeps no proxy offer of the PXE kind still boots | EDK2 6944
F11 | among competing offers EDK2 takes them in its own order | EDK2 PxeBcDhcp4.c
F12 | iPXE that misses a proxy's offer asks again | pixiecore ddb4779
F13 | broadcasts that do not arrive are said so | netbootxyz 11
`,
  ),
  group(
    'G',
    'Architectures',
    `
G | every architecture of the table gets its loader, or the reason why none | IANA, EDK2, RFC 4578
G1 | an unknown architecture is logged with its number and refused in words | Triton booter
G2 | Raspberry Pi: its ROM gets its menu and files; its later UEFI does not | smee
`,
  ),
  group(
    'H',
    'UEFI HTTP boot',
    `
H1 | HTTPClient gets option 60 and an absolute URI | UEFI 2.10 24.7
H2 | a proxy's URI names an address and no name | EDK2 HttpBootDhcp4.c
H3 | HTTPClient is never offered a file that is no URI | EDK2 HttpBootDhcp4.c
H4 | a proxy offers nothing to an HTTP client that it has no URI for | EDK2 HttpBootDhcp4.c
H5 | HEAD and GET give one length; nothing is chunked | EDK2 HttpBootClient.c
H6 | types that firmware knows, whatever the case of the name | EDK2 HttpBootSupport.c
H7 | a broken download goes on by a range | EDK2 69139e39bc
H8 | HTTPS for firmware that takes nothing else | EDK2 NetworkPkg.dec
H9 | HTTP/1.0 and Connection: close, and keep-alive | EDK2 753fd319e2
H10 | the certificate names what the URI names | EDK2 6f9e83f757
H11 | an address with a port in the URI | EDK2 HttpUrlGetIp4
`,
  ),
  group(
    'I',
    'TFTP',
    `
I1 | octet and netascii in any case; capitals where small letters were meant | RFC 1350
I2 | blksize: the least of what was asked, the path and the cap | RFC 2348
I3 | a path of a smaller MTU has a cap of its own | FOG PR 455
I4 | a client that aborts and asks again starts clean | intel ESP 44
I5 | asking for the size and aborting is no failure | EDK2 PxeBcMtftp.c
I6 | windowsize: never more than was asked | RFC 7440, EDK2 Mtftp4Rrq.c
I7 | loss within a window: on from the last good block, doubling nothing | RFC 7440, RFC 1123 4.2.3
I8 | a request that comes twice is one transfer | Becker
I9 | more than 65,535 blocks | python-tx-tftp 18
I10 | a file of whole blocks ends with an empty one | RFC 1350
I11 | a stranger's packet gets ERROR 5 and harms nothing | RFC 1350 4
I12 | all transfers from one port, where wished | dnsmasq
I13 | small blocks are served fast | shim 618
I14 | no path leads out of boot/ | RFC 1350
I15 | what is not there is said at once | Tinkerbell 424
I16 | writing is refused | smee
I17 | many at once: those in progress first | Becker
I18 | multicast is not offered | RFC 2090
`,
  ),
  group(
    'J',
    'Scripts, Secure Boot, the rest',
    `
J1 | Secure Boot: shim finds its second stage beside itself | FOG PR 961
J2 | autoexec.ipxe beside the loader and at the root | iPXE efi_autoexec.c
J3 | a signed kernel boots under Secure Boot | FOG 960
J4 | the signed loader is the one with the firmware's own driver | iPXE 1776
J5 | a BIOS machine with too little room is told early | Warewulf
J6 | stage 1 stays small, the root is fetched in Linux | Warewulf 664
J7 | initrd names that UEFI and BIOS kernels find | iPXE 1433
J8 | no prompt waits for a keyboard that is not there | Tinkerbell PR 443
J9 | iPXE's cached lease saves a second one | iPXE 188
J10 | TLS of iPXE: whose word counts | matchbox PR 768
J11 | more than 1,024 neighbours | Warewulf
J12 | network cards known to be broken | iPXE 276d7c31c
J13 | Hyper-V's second generation with Secure Boot | Ventoy 136
J14 | a machine that does not wake | Launchpad 1642298
`,
  ),
];
