/** A connection whose client sends a PROXY header, waits, and goes before the server has said anything. */
import type { Connection } from '../../src/facts/connection.js';
import { type ConnectionOptions, connection, handshake, rstBy } from './facts.js';

/** See the head of this file. */
export function headerAlone(options: ConnectionOptions): Connection {
  const header = { at: 1200, is: 'data', from: 'client', bytes: 43 } as const;
  const facts = connection([...handshake(), header, rstBy('client', 301_200)], options);
  const [packet, atNs] = [facts.firstPacket + 3, facts.startNs + 1_200_000];
  return {
    ...facts,
    protocol: 'unknown',
    beginnings: { client: { kind: 'proxy-header', packet, atNs }, server: null },
  };
}
