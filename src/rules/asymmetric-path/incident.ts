/** The signatures: an answer from another address, by another way, or to segments that were reset on theirs; a direction that is missing. */
import type { Connection } from '../../facts/connection.js';
import type { SegmentEvidence } from '../../facts/segment-evidence.js';
import { bypassOf } from '../judgements/bypassed.js';
import { type OtherWay, wayOf } from '../judgements/other-way.js';
import { isStrayAnswer, isUnknownToClient } from '../judgements/stray-answer.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { markOf, type SynMark } from './syn-mark.js';

/** Segments of one direction that say enough while the other is missing. */
const MIN_ONE_SIDED = 5;

/** What is kept of a segment of the handshake. */
export interface Seen {
  readonly packet: number;
  readonly atNs: number;
  readonly ttl: number | null;
  readonly interfaceIndex: number;
  readonly vlan: number | null;
  /** Link-layer addresses, whose it is and for whom. */
  readonly mac: number | null;
  readonly macTo: number | null;
}

/** One connection whose directions went different ways. */
export interface Detour extends Occurrence {
  /** `stray`: SYN-ACKs of an address that was not asked; `bypassed`: see judgements/bypassed. */
  readonly kind: 'stray' | 'other-way' | 'bypassed' | 'bypassed-elsewhere' | 'bypassed-likewise' | 'one-sided';
  readonly syn: Seen | null;
  /** By which its SYN is known again where its addresses are other ones; `null`: it was not seen. */
  readonly mark: SynMark | null;
  readonly synAck: Seen | null;
  readonly way: OtherWay | null;
  /** Resets that came instead, two of them. */
  readonly resets: readonly {
    readonly packet: number;
    readonly atNs: number;
    readonly ttl: number | null;
    readonly mac: number | null;
    readonly sinceNs: number | null;
  }[];
  /** The server's SYN-ACK that shows it goes on waiting. */
  readonly again: { readonly packet: number; readonly atNs: number } | null;
  /** The connection's last packet, and how often the steps of the handshake had been sent until then. */
  readonly last: { readonly packet: number; readonly atNs: number; readonly syns: number; readonly synAcks: number };
  /** Packets of the client. */
  readonly segments: number;
}

/** What a connection shows; `null`: nothing of the kind. */
export function detourOf(connection: Connection): Detour | null {
  const { handshake, close, guards, client, server } = connection;
  const { syn, synAck } = handshake;
  if (synAck !== null && isStrayAnswer(connection)) return detour(connection, 'stray', synAck, null);
  if (syn !== null && synAck !== null && handshake.ackNs === null) {
    const way = wayOf(connection);
    const isRepeated = handshake.synRetransmissions + handshake.synAckRetransmissions > 0;
    const [first] = close.segments;
    const isReset = first?.kind === 'rst' && first.from === 'client' && first.atNs >= synAck.atNs;
    return way !== null && (isReset || (isRepeated && close.segments.length === 0))
      ? detour(connection, 'other-way', syn, way)
      : null;
  }
  if (syn !== null && close.resetBy === 'server') {
    const bypass = bypassOf({ handshake, client, server, resets: close.segments });
    return bypass === null ? null : detour(connection, BYPASSED[bypass], syn, wayOf(connection));
  }
  if (
    !guards.oneSided ||
    server.packets > 0 ||
    client.packets - client.duplicates < MIN_ONE_SIDED ||
    (client.highestAcknowledged ?? 0) <= 1
  )
    return null;
  const at = { atNs: connection.startNs, packet: connection.firstPacket };
  // That a direction is missing is what this is about: it is no guard.
  return { ...detour(connection, 'one-sided', at, null), steps: 0 };
}

/**
 * The same where the SYN was captured too, on its way from a translator of addresses; `null`: nothing of the kind. It
 * is a stray answer if the client's SYN to another address is there as well ({@link Detour.mark}).
 */
export function unknownOf(connection: Connection): Detour | null {
  const { syn } = connection.handshake;
  return syn !== null && isUnknownToClient(connection) ? detour(connection, 'stray', syn, null) : null;
}

const BYPASSED = { sure: 'bypassed', elsewhere: 'bypassed-elsewhere', likewise: 'bypassed-likewise' } as const;

function detour(
  connection: Connection,
  kind: Detour['kind'],
  at: { readonly atNs: number; readonly packet: number },
  way: OtherWay | null,
): Detour {
  const { handshake, close, client } = connection;
  const resets = close.segments.filter(({ kind: what }) => what === 'rst').slice(0, 2);
  const lives = resets.find(({ lifeAfter }) => lifeAfter !== null);
  return {
    ...occurrenceIn(connection, at),
    kind,
    syn: seen(handshake.syn),
    mark: handshake.syn === null ? null : markOf(handshake.syn),
    synAck: seen(handshake.synAck),
    way,
    resets: resets.map((reset) => ({
      packet: reset.packet,
      atNs: reset.atNs,
      ttl: reset.ttl,
      mac: reset.mac,
      sinceNs: reset.sincePeerNs,
    })),
    again:
      lives?.lifeAfter == null || lives.lifeAfterNs === null
        ? null
        : { packet: lives.lifeAfter, atNs: lives.lifeAfterNs },
    last: {
      packet: connection.lastPacket,
      atNs: connection.endNs,
      syns: handshake.syn === null ? 0 : handshake.synRetransmissions + 1,
      synAcks: handshake.synAck === null ? 0 : handshake.synAckRetransmissions + 1,
    },
    segments: client.packets - client.duplicates,
  };
}

function seen(segment: SegmentEvidence | null): Seen | null {
  if (segment === null) return null;
  const { packet, atNs, ttl, interfaceIndex, vlan, mac, macTo } = segment;
  return { packet, atNs, ttl, interfaceIndex, vlan, mac, macTo };
}
