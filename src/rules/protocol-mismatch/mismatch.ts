import type { Moment } from '../tally/earliest.js';
import type { Occurrence } from '../tally/occurrences.js';
import type { Answer } from './answer.js';
import type { MismatchKind } from './facts.js';

/** The outermost protocol that a client's first bytes are of. */
export type Begun = 'tls' | 'http/1' | 'http/2' | 'proxy-header' | 'grpc' | Gateway;

/** By which web servers ask application servers, other than HTTP. */
export type Gateway = 'fastcgi' | 'ajp' | 'uwsgi';

/** One connection, or of gRPC one call; its packet and time are those of the server's first bytes or close. */
export interface Mismatch extends Occurrence {
  readonly kind: MismatchKind;
  readonly begun: Begun;
  /** Of a call its place in its connection; `null`: it is a connection. */
  readonly index: number | null;
  /** The connection's first packet; of a call its request's. */
  readonly startNs: number;
  readonly asked: Moment;
  readonly answer: Answer;
}

/** How others get on with the server, and where that is seen. */
export interface Others {
  /** A clause: `with others it speaks TLS`. */
  readonly say: string;
  readonly by: Moment;
}

/** What the rule argues about: the first of the connections, and the others that get on. */
export interface MismatchCase {
  readonly first: Mismatch;
  readonly others: Others | null;
}
