import type { CloseSegment } from '../../src/facts/close.js';
import type { Connection, IdlePeriod, SideFacts } from '../../src/facts/connection.js';
import type { Endpoint, Side } from '../../src/facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../src/facts/exchange.js';
import type { Field } from '../../src/facts/field.js';
import { SIGN } from '../../src/facts/signs.js';
import type { ClientHelloFacts, TlsFacts, TlsSideFacts } from '../../src/facts/tls.js';

/** Whatever a rule asks for may be there. */
const ALL_SIGNS = Object.values(SIGN).reduce((all, sign) => all | sign, 0);

export const SECOND = 1_000_000_000;
export const CLIENT: Endpoint = { address: '10.0.0.1', port: 53554 };
export const SERVER: Endpoint = { address: '10.0.1.43', port: 80 };

/** One side of a connection: ordinary but for `facts`. */
export function side(endpoint: Endpoint, facts: Partial<SideFacts> = {}): SideFacts {
  return {
    endpoint,
    packets: 4,
    payloadBytes: 300,
    lostBytes: 0,
    snappedBytes: 0,
    retransmissions: 0,
    resends: [],
    outOfOrder: 0,
    refills: 0,
    needless: 0,
    shortBehind: 0,
    firstAgain: null,
    duplicates: 0,
    duplicatesElsewhere: 0,
    oversized: 0,
    ttl: 64,
    ttlVaries: false,
    mac: null,
    macVaries: false,
    zeroIpIds: 0,
    plainSegments: 4,
    direction: null,
    firstPayloadNs: 0,
    lastPayloadNs: 0,
    zeroWindows: 0,
    windowClosure: null,
    repeated: null,
    firstLarge: null,
    highestAcknowledged: null,
    nextSequence: null,
    ...facts,
  };
}

/** A complete, unremarkable connection of HTTP/1.1 but for `facts`. */
export function connection(facts: Partial<Connection> = {}): Connection {
  return {
    stream: 0,
    clientBasis: 'syn',
    client: side(CLIENT),
    server: side(SERVER),
    firstPacket: 1,
    lastPacket: 9,
    startEpoch: { seconds: 0, nanoseconds: 0 },
    startNs: 0,
    endNs: SECOND,
    handshake: {
      kind: 'complete',
      syn: null,
      synAck: null,
      ackNs: 0,
      synToSynAckNs: 1000,
      synElsewhere: false,
      synAckToAckNs: 1000,
      synRetransmissions: 0,
      synAckRetransmissions: 0,
      timestampsNegotiated: true,
      sackNegotiated: true,
    },
    close: { kind: 'fin', resetBy: null, segments: [], segmentCount: 0 },
    idlePeriods: [],
    idlePeriodCount: 0,
    unreachables: [],
    tls: null,
    protocol: 'http/1.1',
    exchanges: [],
    exchangeOffset: 0,
    isImage: false,
    goesOn: false,
    h2: null,
    webSockets: [],
    webSocketCount: 0,
    signs: ALL_SIGNS,
    beginnings: null,
    undecodedBytes: { client: 0, server: 0 },
    anomalies: [],
    guards: {
      midStream: false,
      cutByCaptureEnd: false,
      oneSided: false,
      snapped: false,
      captureDrops: false,
      clockStepped: false,
      severalPoints: false,
    },
    ...facts,
  };
}

const MESSAGE = {
  firstPacket: 4,
  lastPacket: 4,
  headPacket: 4,
  startNs: 0,
  endNs: 0,
  version: 'HTTP/1.1',
  headBytes: 100,
  bodyBytes: 0,
  contentLength: null,
  framing: 'none',
  complete: true,
  lostBytes: 0,
  longestPauseNs: 0,
  fields: [],
} as const;

export function request(facts: Partial<RequestMessage> = {}): RequestMessage {
  return { ...MESSAGE, method: 'GET', target: '/', authority: 'serv1.example', ...facts };
}

export function response(facts: Partial<ResponseMessage> = {}): ResponseMessage {
  return { ...MESSAGE, firstPacket: 5, lastPacket: 5, status: 200, reason: 'OK', bodyDigest: null, ...facts };
}

export function exchange(facts: Partial<Exchange> = {}): Exchange {
  return { h2Stream: null, index: 0, request: request(), interim: [], response: response(), h2: null, ...facts };
}

export function field(name: string, value: string): Field {
  return { name, value };
}

/** A FIN or RST of `from` at `atNs`. */
export function closing(kind: 'fin' | 'rst', from: Side, atNs: number, packet: number): CloseSegment {
  return {
    kind,
    packet,
    atNs,
    from,
    sequence: 1,
    acknowledgement: 1,
    flags: kind === 'fin' ? 17 : 20,
    window: 512,
    payloadLength: 0,
    options: 0,
    ttl: 64,
    ipId: 1,
    mac: null,
    macTo: null,
    vlan: null,
    direction: null,
    interfaceIndex: 0,
    deltaSequence: 0,
    deltaAcknowledgement: 0,
    sinceSenderNs: null,
    sincePeerNs: null,
    peerPacket: null,
    answers: null,
    answersUnknown: false,
    peerIpId: null,
    peerWindow: null,
    senderIpId: null,
    lifeAfter: null,
    lifeAfterNs: null,
    acknowledgedPacket: null,
    acknowledgedNs: null,
  };
}

/** An idle period after a response. */
export function idle(
  startNs: number,
  durationNs: number,
  endedBy: IdlePeriod['endedBy'],
  packet: number | null,
): IdlePeriod {
  return { startNs, durationNs, after: 'server', endedBy, packet };
}

const TLS_SIDE: TlsSideFacts = {
  records: 0,
  firstProtected: [],
  lastRecord: null,
  firstApplication: null,
  lastApplication: null,
  applicationRecords: 0,
  resumed: [],
  applicationBytes: 0,
  unfinishedBytes: 0,
  closeNotify: 'none',
};

/** TLS without anything remarkable, and without its hellos, but for `facts`. */
export function tlsFacts(facts: Partial<TlsFacts> = {}): TlsFacts {
  return {
    clientHello: null,
    serverHello: null,
    helloRetryRequest: null,
    resumption: 'full',
    earlyData: 'none',
    echOutcome: 'not-offered',
    certificates: { client: null, server: null },
    certificateRequested: null,
    clientCertificate: null,
    finished: { client: null, server: null },
    finishedNs: { client: null, server: null },
    alerts: [],
    alertCount: 0,
    client: TLS_SIDE,
    server: TLS_SIDE,
    turns: null,
    decryption: 'no-key',
    openedRecords: 0,
    protectedRecords: 10,
    inner: null,
    ...facts,
  };
}

/** A ClientHello of TLS 1.3 that names `server.example`, but for `facts`. */
export function clientHelloFacts(facts: Partial<ClientHelloFacts> = {}): ClientHelloFacts {
  return {
    firstPacket: 4,
    lastPacket: 4,
    atNs: 0,
    bytes: 512,
    format: 'tls',
    versions: ['TLS 1.3', 'TLS 1.2'],
    cipherSuites: 15,
    serverNames: ['server.example'],
    alpn: ['h2', 'http/1.1'],
    offersResumption: false,
    offersEarlyData: false,
    offersEch: false,
    ...facts,
  };
}
