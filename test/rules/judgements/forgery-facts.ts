/** What the tests of forgery are tried on: the facts of a connection, as they look at them. */
import type { Connection } from '../../../src/facts/connection.js';
import type { ForgeryContext, ForgeryInput } from '../../../src/rules/judgements/forgery-test.js';
import { rstBy } from '../facts.js';

/** Captured at the server; nothing else is known of it. */
export const CONTEXT: ForgeryContext = {
  point: 'server',
  refusalTtls: [],
  macs: [],
  roundTripNs: null,
  fastestAnswerNs: null,
  sameElsewhere: null,
  captureDrops: false,
  oneOrder: true,
};

/** A reset in the server's name. */
export const byServer = rstBy('server', 1278);
/** One in the client's, at the start of its request. */
export const stale = rstBy('client', 1284, { sequence: 1 });

/** The input of the tests. */
export function inputOf({ client, server, handshake, guards, close, exchanges }: Connection): ForgeryInput {
  const resets = close.segments.filter(({ kind }) => kind === 'rst');
  const startNs = exchanges.at(-1)?.request?.startNs ?? 0;
  return { resets, client, server, handshake, guards, request: { startNs, isFirst: exchanges.length < 2 } };
}
