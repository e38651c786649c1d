/** HTTP/2 for connections written by hand. */
import type { Connection } from '../../src/facts/connection.js';
import type { H2Connection, H2Exchange, H2Settings } from '../../src/facts/h2.js';

/** What a server sets that says nothing. */
export const SETTINGS: H2Settings = {
  packet: 3,
  atNs: 500_000,
  acknowledgedNs: null,
  frames: 1,
  headerTableSize: null,
  enablePush: null,
  maxConcurrentStreams: null,
  initialWindowSize: null,
  maxFrameSize: null,
  maxHeaderListSize: null,
  enableConnectProtocol: null,
};

const EXCHANGE: H2Exchange = {
  state: 'closed',
  reset: null,
  scheme: 'https',
  protocol: null,
  promise: null,
  trailers: { client: [], server: [] },
  grpcStatus: null,
  unknownFields: { client: false, server: false },
};

const CONNECTION: H2Connection = {
  hasPreface: true,
  settings: { client: null, server: SETTINGS },
  goAways: [],
  goAwayCount: 0,
  pings: [],
  pingCount: 0,
  lateResets: [],
  lateResetCount: 0,
  windowStalls: [],
  windowStallCount: 0,
  origins: null,
  alternativeServices: [],
  unfinishedHead: null,
  timesLost: { client: 0, server: 0 },
};

/** The same connection over HTTP/2: its exchanges on the streams 1, 3, 5, ... */
export function overH2(
  facts: Connection,
  connection: Partial<H2Connection> = {},
  exchange: (at: number) => Partial<H2Exchange> = () => ({}),
): Connection {
  return {
    ...facts,
    protocol: 'h2',
    h2: { ...CONNECTION, ...connection },
    exchanges: facts.exchanges.map((one, at) => ({
      ...one,
      h2Stream: 2 * at + 1,
      h2: { ...EXCHANGE, ...exchange(at) },
      request: one.request && { ...one.request, version: 'HTTP/2', framing: 'stream' },
      response: one.response && { ...one.response, version: 'HTTP/2', framing: 'stream' },
    })),
  };
}
