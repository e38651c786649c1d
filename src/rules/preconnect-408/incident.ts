import type { Endpoint } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { LateRequest } from './late-request.js';

/** What had come of a request: nothing on a new connection, a part, nothing since the last answer. */
export type Waiting = 'unused' | 'half' | 'kept-alive';

/** How the server gave up: with a 408 (`shape`: in TLS without keys, a record of its size), or with FIN alone. */
export type Farewell = 'status' | 'shape' | 'silent';

/** One connection that was given up. */
export interface Incident {
  /** The 408's first packet, or the FIN. */
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly waiting: Waiting;
  readonly farewell: Farewell;
  /** In TLS, whether opened or not. */
  readonly tls: boolean;
  /** What the age counts from: SYN-ACK, the client's Finished, or (`kept-alive`) the answer before. `null`: not kept. */
  readonly since: {
    readonly packet: PacketReference;
    readonly atNs: number;
    readonly note: 'accepted' | 'finished' | 'answered';
  } | null;
  /** How long the connection had waited at the capture point; for the server that is less the round trip to it. */
  readonly ageNs: number;
  /** Whether this age measures the server's time-out. */
  readonly measures: boolean;
  /** Bytes of the request that the server had acknowledged, and how long the client had been silent; `null`: not known, since the rest came later. */
  readonly halfBytes: number | null;
  readonly stalledNs: number | null;
  /** The packet in which it begins; `null` where its head is not whole. */
  readonly half: { readonly packet: PacketReference; readonly atNs: number } | null;
  readonly fin: { readonly packet: PacketReference; readonly atNs: number } | null;
  /** Reason phrase and Server field of the 408, and whether it has neither page nor length. */
  readonly reason: string;
  readonly product: string | null;
  readonly isBare: boolean;
  readonly late: LateRequest | null;
  /** Steps that the connection's guards take from the confidence. */
  readonly steps: number;
}

/** `path`: it was given up, but bytes of the client did not arrive: that is the path's doing (mtu-blackhole, path-loss). */
export type Given = Incident | 'path' | null;
