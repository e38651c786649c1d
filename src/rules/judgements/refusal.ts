/** The signature: a SYN, and RST or an ICMP error instead of a SYN-ACK. */
import type { Connection, Unreachable } from '../../facts/connection.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { ACK } from '../../facts/tcp-flags.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** ICMP: destination unreachable; 3/4 asks for smaller packets. RFC 792. */
const UNREACHABLE = 3;
const FRAGMENTATION_NEEDED = 4;
/** ICMPv6: destination unreachable. RFC 4443 §3.1. */
const UNREACHABLE_V6 = 1;
/** Codes by which an administrator forbids. RFC 1812 §5.2.7.1, RFC 4443 §3.1. */
const PROHIBITED: ReadonlySet<number> = new Set([9, 10, 13]);
const PROHIBITED_V6: ReadonlySet<number> = new Set([1, 5, 6]);

/** Codes by which a router says that it finds no way, or nobody at its end. RFC 792, RFC 1122 §3.2.2.1, RFC 4443 §3.1. */
const GONE: ReadonlySet<number> = new Set([0, 1, 6, 7]);
const GONE_V6: ReadonlySet<number> = new Set([0, 3]);

/** Port unreachable: for TCP no kernel says so, which has RST for it. RFC 1122 §3.2.2.1, RFC 4443 §3.1. */
const PORT = 3;
const PORT_V6 = 4;

/** One refused connection. */
export interface Refusal extends Occurrence {
  readonly syn: { readonly packet: PacketReference; readonly atNs: number };
  /** SYN to refusal. */
  readonly delayNs: number;
  /** How the RST came; `null`: it was ICMP. */
  readonly ttl: number | null;
  readonly mac: number | null;
  /** The ICMP error; `null`: it was RST. */
  readonly icmp: {
    readonly sender: string;
    readonly type: number;
    readonly code: number;
    readonly prohibited: boolean;
    /** The port is unreachable, of which a host tells a TCP client by RST. */
    readonly port: boolean;
    /** The host, or its net, is not there. */
    readonly unreachable: boolean;
  } | null;
}

/** How a SYN was refused; `null`: it was not. */
export function refusalOf(connection: Connection): Refusal | null {
  const { handshake, server, client, close, unreachables } = connection;
  const { syn } = handshake;
  if (syn === null || handshake.synAck !== null || server.plainSegments > 0) return null;
  // What came with the SYN itself (RFC 7413) may have been captured twice, or sent again.
  if ((client.nextSequence ?? 0) > 1 + syn.payloadLength) return null;
  // Nobody said anything: each of a flood of SYNs.
  if (close.segments.length === 0 && unreachables.length === 0) return null;
  const reset = close.segments.find(({ kind, from }) => kind === 'rst' && from === 'server');
  const isV6 = server.endpoint.address.includes(':');
  const error = unreachables.find((one) => one.quoted === 'client' && isRefusal(one, isV6));
  const common = { syn: { packet: syn.packet, atNs: syn.atNs } };
  // RFC 9293 §3.10.7.1: sequence number 0, and the SYN acknowledged.
  if (reset !== undefined && (reset.flags & ACK) !== 0 && reset.acknowledgement === 1 + syn.payloadLength) {
    const { ttl, mac, atNs } = reset;
    return {
      ...occurrenceIn(connection, reset),
      ...common,
      delayNs: atNs - syn.atNs,
      ttl,
      mac,
      icmp: null,
    };
  }
  if (error === undefined) return null;
  const { sender, type, code, atNs } = error;
  const prohibited = (isV6 ? PROHIBITED_V6 : PROHIBITED).has(code);
  return {
    ...occurrenceIn(connection, error),
    ...common,
    delayNs: atNs - syn.atNs,
    ttl: null,
    mac: null,
    icmp: {
      ...{ sender, type, code, prohibited },
      port: code === (isV6 ? PORT_V6 : PORT),
      unreachable: (isV6 ? GONE_V6 : GONE).has(code),
    },
  };
}

function isRefusal({ type, code }: Unreachable, isV6: boolean): boolean {
  return isV6 ? type === UNREACHABLE_V6 : type === UNREACHABLE && code !== FRAGMENTATION_NEEDED;
}
