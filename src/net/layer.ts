/**
 * What a header says comes next.
 *
 * A protocol's function reads its header at the cursor, moves the cursor past it and returns one
 * of these; the decoder's loop calls the function that belongs to it. So no protocol knows another,
 * tunnels may nest in any order, and a packet costs no recursion.
 */
export type Layer = number;

/** Nothing further: the content is not TCP, was delivered, or cannot be read. */
export const NONE = 0;
export const ETHERNET = 1;
/** What `cursor.etherType` names, by the registry of EtherTypes. */
export const ETHER_TYPE = 2;
/** IEEE 802.2 LLC. */
export const LLC = 3;
export const IPV4 = 4;
export const IPV6 = 5;
/** IPv4 or IPv6, as the first nibble says. */
export const IP = 6;
/** What `cursor.protocol` names, by the registry of IP protocol numbers. */
export const IP_PROTOCOL = 7;
export const TCP = 8;
export const UDP = 9;
export const ICMP = 10;
export const ICMPV6 = 11;
export const GRE = 12;
export const MPLS = 13;
/** Point-to-Point Protocol, address and control bytes optional. */
export const PPP = 14;
export const PPPOE = 15;
export const IEEE80211 = 16;
export const VXLAN = 17;
export const VXLAN_GPE = 18;
export const GENEVE = 19;
export const GTP = 20;
export const TEREDO = 21;
export const L2TP = 22;
export const TZSP = 23;
export const DNS = 24;
/** What `cursor.linkType` names, by the registry of LINKTYPE_ numbers. */
export const LINK_TYPE = 25;
export const NSH = 26;
export const IPCOMP = 27;
/** A client's first QUIC datagram. */
export const QUIC = 28;
/** Who has an address on the link. */
export const ARP = 29;
/** A session of L2TP version 3, from its identifier on. */
export const L2TP_SESSION = 30;
export const LISP = 31;
/** Generic UDP encapsulation. */
export const GUE = 32;
export const CAPWAP = 33;
export const WIREGUARD = 34;
/** IPsec ESP in UDP, as it passes a NAT. */
export const UDP_ESP = 35;
