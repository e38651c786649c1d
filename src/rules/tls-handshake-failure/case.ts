/** What the rule argues about: one server's handshakes that failed alike. */
import type { ServerEnd } from '../judgements/ending-server.js';
import type { Moment } from '../tally/earliest.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Failure, Sign } from './failure.js';
import type { Success } from './tally.js';
import type { Targets } from './way.js';

/** Names and clients listed. */
export const MAX_LISTED = 10;

/** See the head of this file. */
export interface Case {
  readonly failures: readonly Failure[];
  readonly first: Failure;
  readonly occurrences: number;
  /** All of the server, or of the proxy’s tunnels; so are those that succeeded. */
  readonly handshakes: number;
  readonly succeeded: number;
  /** The first that succeeded, with another server name where there is one. */
  readonly success: Success | null;
  /** The first that succeeded with the same server name. */
  readonly sameName: Success | null;
  /** The first that succeeded with a version that the client offers, too. */
  readonly sameVersion: Success | null;
  /** Clients of those kept, and how many of them succeeded later with each name with which they had failed. */
  readonly clients: readonly string[];
  readonly recovered: number;
  /** The most failures of one client, with one name. */
  readonly mostOfOne: number;
  readonly names: readonly string[];
  /** Why nobody needs to get in so: all of them try what the server takes, or offer SSL 3.0 alone; `null`: they may need to. */
  readonly idle: 'scan' | 'ssl3-alone' | null;
  /** The server's own connection to another that did not come about meanwhile, of the first, where that holds for all; `null`: none is known. */
  readonly behind: Moment | null;
  /** What showed that the server was ending, of the first that ended without a word, where that holds for all; `null`: nothing did. */
  readonly ended: ServerEnd | null;
  /** Whether the server speaks TLS there, as far as is known: it was seen to, or its port is that of HTTPS. */
  readonly isTlsSpoken: boolean;
  /** Where the tunnels lead in which they failed; `null`: they were in none. */
  readonly tunnels: Targets | null;
  /** What a proxy whose handshakes these are told its own clients for them. */
  readonly told: readonly GatewayFailure[];
}

/** Whether it may be no matter of TLS at all: nothing is said, nobody was seen to speak TLS there, and no other condition of the server shows. */
export function mayNotBeTls({ first, isTlsSpoken, behind, ended }: Case): boolean {
  return first.sign === 'silent' && !isTlsSpoken && behind === null && ended === null;
}

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface TlsHandshakeFailureFacts {
  readonly sign: Sign;
  readonly from: 'client' | 'server';
  readonly alert: number | null;
  readonly alertName: string | null;
  readonly handshakesOfServer: number;
  readonly succeeded: number;
  readonly serverNames: string[];
  readonly withoutServerName: number;
  readonly offeredAlpn: string[];
  readonly offeredVersions: string[];
  readonly clients: string[];
  readonly clientsThatSucceededLater: number;
  readonly clientCertificate: 'sent' | 'empty' | 'probably-empty' | null;
  readonly serverCertificate: {
    readonly subject: string;
    readonly issuer: string;
    readonly notAfter: string | null;
    readonly chain: number;
  } | null;
  readonly requestsLost: number;
}
