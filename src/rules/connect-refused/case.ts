/** What the rule argues about: one server's refusals, with what was found out of them. */
import type { PacketReference } from '../../facts/packet-reference.js';
import type { Refusal } from '../judgements/refusal.js';
import type { Moment } from '../tally/earliest.js';
import type { GatewayFailure } from '../tally/server-tally.js';

/** Refusals between which nobody was accepted. */
export interface Spell {
  readonly first: Refusal;
  readonly last: Refusal;
  readonly count: number;
}

/** See the head of this file. */
export interface Case {
  readonly refusals: readonly Refusal[];
  readonly count: number;
  readonly first: Refusal;
  /** The last one that is kept. */
  readonly last: Refusal;
  readonly lastNs: number;
  readonly accepts: {
    readonly count: number;
    readonly first: (Moment & { readonly ttl: number | null; readonly mac: number | null }) | null;
    readonly last: Moment | null;
  };
  /** Its last answer, of connections that began before the capture, too; `null`: none was seen. */
  readonly answer: Moment | null;
  /** Whether others were accepted between the first refusal and the last; `null`: it cannot be told. */
  readonly acceptBetween: boolean | null;
  /** Accepted before, not between, and again after. */
  readonly isInterval: boolean;
  /** Refusals and connections came in turns: one was accepted between two refusals a few seconds apart. */
  readonly inTurns: boolean;
  /**
   * So they did, but each time it refused all for a while: it is restarted again and again within seconds (a crash
   * loop), or something turns all away while it is full.
   */
  readonly inCloseSpells: boolean;
  /**
   * Stretches of time in which it refused all, and between which it accepted: those of the refusals that are
   * kept. None where that is not known so finely, or there is one stretch alone.
   */
  readonly spells: readonly Spell[];
  /** A refusal that another than the server wrote, and why; `null`: none is known to be. */
  readonly foreign: { readonly packet: PacketReference; readonly why: string } | null;
  /** From the first refusal on these clients are always refused, and others never, beyond chance. */
  readonly bySource: { readonly clients: readonly string[]; readonly others: number; readonly accept: Moment } | null;
  /** The last connection accepted since of a client that is not refused, where those that are are accepted no more. */
  readonly others: Moment | null;
  /** A router says that the host, or its net, is not there. */
  readonly gone: Refusal | null;
  readonly otherPort: { readonly port: number; readonly packet: PacketReference } | null;
  /** IPv6 refused, and the same port served by IPv4, or the other way round. */
  readonly fallsBack: boolean;
  readonly told: readonly GatewayFailure[];
  /** Which of them each refusal that is kept came to, in the same order. */
  readonly toldOf: readonly (GatewayFailure | null)[];
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface ConnectRefusedFacts {
  readonly by: 'rst' | 'icmp';
  readonly minDelayNs: number;
  readonly maxDelayNs: number;
  readonly refusedForNs: number;
  readonly acceptedConnections: number;
  readonly acceptedBetween: boolean | null;
  readonly fallsBackToOtherFamily: boolean;
  readonly gatewayErrorsInFront: number;
}
