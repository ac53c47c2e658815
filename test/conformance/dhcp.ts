import { group, type Group } from './cases.ts';

/** Cases of the address service. */
export const DHCP_CASES: readonly Group[] = [
  group(
    'A',
    'Reading what comes, and standing it',
    `
A1 | a message without the magic cookie is dropped | RFC 2131 3
A2 | a reply, or a hardware address of impossible length, is dropped | dnsmasq rfc2131.c
A3 | a short message, a length past the end, a missing END: nothing is read that is not there | iPXE 12fd76759
A4 | PAD between options is skipped, bytes behind END are left alone | RFC 2132 3.1
A5 | an option that comes in pieces is joined | RFC 3396
A6 | options in the file and sname fields are read, in that order | RFC 2131 4.1
A7 | of several architectures the first known one counts; an odd length is a flaw and no crash | RFC 4578 2.1
A8 | without option 93 the architecture is read from option 60 | RFC 4578 2.1
A9 | a machine id that is absent or odd does not keep a machine from booting | PXE ROMs in the wild
A10 | iPXE's user class is known as bare text and in RFC 3004's form | iPXE dhcp.c
A11 | a text with a trailing NUL is understood, and such a client is answered with NULs | dnsmasq rfc2131.c
A12 | iPXE's secs field is no number of seconds | iPXE dhcp.c
A13 | a hardware address of 16 bytes is given back whole | EDK2 PxeBcDhcp4.c
A14 | ciaddr in a DISCOVER is not believed | dnsmasq rfc2131.c
A15 | mutated messages in great number: no crash, no growth | Kea fuzz_packets
`,
  ),
  group(
    'B',
    'Whom to answer, and as what',
    `
B1 | a proxy is silent to who does not ask to be booted | PXE 2.1
B2 | a proxy is silent to a REQUEST on port 67 and answers on 4011 | PXE 2.1
B3 | a machine that is denied is denied by every protocol | Tinkerbell 223
B4 | a machine that nobody named is treated as the cluster says | Warewulf PR 210
B5 | another DHCP server on the network is noticed | dhcp_probe
B6 | with no DHCP server about, the full role is taken, and given back | pxen
B7 | of two pxen servers on one network exactly one serves | pxen
B8 | our own iPXE gets its script and never the loader again | netboot 77
B9 | firmware that is iPXE gets a whole URL, and no undionly | netboot dhcp.go
B10 | a machine that boots round in circles is noticed | pixiecore 77
`,
  ),
  group(
    'C',
    'Making the reply',
    `
C1 | fixed fields are copied or cleared as the table says | RFC 2131 table 3
C2 | type, server, lease, mask and spread renewal times are always there | RFC 2131 table 3
C3 | an offer always has option 54 or siaddr: EDK2 reads option 54 unchecked | EDK2 PxeBcDhcp4.c
C4 | siaddr is set wherever a file is | iPXE dhcp.c
C5 | a reply has at least 300 bytes | RFC 1542 2.1
C6 | option 57 bounds the whole datagram | RFC 2132 9.10
C7 | without option 57 a reply fits 576 bytes | RFC 2131 2
C8 | however much a client says it takes, 1472 bytes are the most | EDK2 PxeBcDhcp4.h
C9 | option 67 ends in NUL: EDK2 writes one over the next option's code | EDK2 PxeBcDhcp4.c
C10 | the file stands in the field and in option 67 alike | EDK2, old ROMs
C11 | a URL too long for the field stands in option 67 whole, and never cut | RFC 2131 2
C12 | sname names the server's address | pixiecore
C13 | replies do not overload file and sname | EDK2 PxeBcDhcp4.c
C14 | option 60 is exactly what the client's kind wants | EDK2, RFC 4578
C15 | option 97 comes back byte for byte | RFC 4578 2.3
C16 | option 93 in replies: off unless wanted | RFC 4578 2.1
C17 | option 43 with 6 = 8 and a file makes EDK2 boot at once | EDK2 PxeBcDhcp4.c
C18 | without option 43 EDK2 asks port 4011, and must get a file there | EDK2 PxeBcDhcp4.c
C19 | option 43 never goes without option 60 | EDK2 PxeBcDhcp4.c
C20 | option 43 stays short and in one piece: EDK2 walks it with 8 bits | EDK2 PxeBcDhcp4.c
C21 | sub-options 1 to 5 never come together: EDK2 drops such an offer | EDK2 PxeBcDhcp4.h
C22 | option 61 is echoed, unless switched off | RFC 6842
C23 | firmware, iPXE and system of one machine get one address | MAAS
C24 | iPXE is told when no proxy is to be waited for | iPXE dhcp.c
C25 | iPXE is told to prefer our offer | iPXE dhcp.c
C26 | long options are cut in pieces, but not for PXE clients | RFC 3396
C27 | BOOTP is answered as the policy says | RFC 951
`,
  ),
  group(
    'D',
    'Bringing the reply there',
    `
D1 | through a relay: to giaddr, port 67, option 82 unchanged and last | RFC 2131 4.1, RFC 3046
D2 | a relay that cannot be reached at giaddr may be answered where it asked from | Triton booter
D3 | a relay's source port is honoured | RFC 8357
D4 | link selection and server-id override are obeyed | RFC 3527, RFC 5107
D5 | a client with an address is answered there | RFC 2131 4.1
D6 | a broadcast leaves by the interface that heard the question | RFC 2131 4.1
D7 | a client without the broadcast flag gets a frame of its own, or a broadcast | RFC 2131 4.1
D8 | a NAK is broadcast, also behind a relay | RFC 2131 4.3.2
D9 | replies come from port 67, those of 4011 from 4011 | iPXE dhcp.c
D10 | every address of the server is taken for the server | RFC 2131 4.1
D11 | two cards of one machine do not steal from each other | dnsmasq
D12 | VLANs: served on their own interfaces, told to iPXE | Tinkerbell
D13 | 1,000 DISCOVERs in a second: every first OFFER within one | iPXE config/dhcp.h
D14 | who retries late is still served | iPXE 860620459
`,
  ),
  group(
    'E',
    'The life of a lease',
    `
E1 | a bound client that asks anew gets the same address | RFC 2131 4.3.1
E2 | a free address that is wished for is offered | RFC 2131 4.3.1
E3 | before a new offer the address is probed, delaying nobody else | RFC 2131 2.2
E4 | who chose another server: silence, and our offer is free again | RFC 2131 3.1
E5 | who chose us gets its address, and keeps no other | RFC 2131 4.3.2
E6 | a machine from another network is told so | RFC 2131 4.3.2
E7 | nothing known of a machine: silence, or NAK where we are the authority | RFC 2131 4.3.2
E8 | renewal of a known lease, and of one that a lost journal forgot | RFC 2131 4.3.2, dnsmasq
E9 | rebinding of another server's lease: silence | RFC 2131 4.3.2
E10 | a REQUEST that names no address is served | Kea
E11 | a declined address rests, and the administrator is told | RFC 2131 4.3.3
E12 | a released address is free, and kept for its owner while it can be | RFC 2131 4.3.4
E13 | INFORM gets an answer without a lease | RFC 2131 4.3.5
E14 | another server's NAK throws our clients off at most for a moment | iPXE 8450fa4a7
E15 | a fixed address that changed is taken over without circles | dnsmasq
E16 | a full pool reuses what ran out, and says so once a minute | RFC 2131 4.3.1
E17 | a journal that a power cut tore: up to the last whole record | ISC DHCP
E18 | leases are counted on a clock that never jumps | pxen
`,
  ),
];
