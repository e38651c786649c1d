import type { Connection } from '../facts/connection.js';
import { type Exchange, UNKNOWN_STATUS, UNKNOWN_TEXT } from '../facts/exchange.js';
import { packetNumberOf } from '../facts/packet-reference.js';
import type { TlsFacts } from '../facts/tls.js';
import { instantText } from '../text/instant.js';
import type { Redaction } from '../text/redaction.js';
import { visible } from '../text/visible.js';
import { communityId } from './community-id.js';
import type { FlowLine } from './schema.js';

/**
 * A connection as the contract's flow object, fields in the contract's order.
 *
 * Targets are shown as sent, since a flow line says what was on the wire, but for the tokens in them,
 * of which `redaction` keeps the shape; control and bidirectional characters are made visible.
 */
export function flowLine(connection: Connection, redaction: Redaction): FlowLine {
  const { client, server } = connection;
  const { seconds, nanoseconds } = connection.startEpoch;
  return {
    stream: connection.stream,
    communityId: communityId(client.endpoint, server.endpoint),
    client: { address: client.endpoint.address, port: client.endpoint.port },
    server: { address: server.endpoint.address, port: server.endpoint.port },
    start: instantText(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)),
    durationSeconds: (connection.endNs - connection.startNs) / 1e9,
    packets: { client: client.packets, server: server.packets },
    bytes: { client: client.payloadBytes, server: server.payloadBytes },
    handshake: connection.handshake.kind,
    close: connection.close.kind,
    resetBy: connection.close.resetBy,
    tls: connection.tls === null ? null : tlsOf(connection.tls),
    protocol: connection.protocol,
    exchanges: connection.exchanges.map((exchange) => exchangeOf(exchange, redaction)),
    ...(redaction.reveal ? { reveal: true } : {}),
  };
}

/** Names as sent; of several the first. Nothing of keys, randoms, session ids or certificates. */
function tlsOf(tls: TlsFacts): NonNullable<FlowLine['tls']> {
  const { clientHello, serverHello } = tls;
  // RFC 8446 §4.1.4: who sends a HelloRetryRequest has chosen TLS 1.3.
  const retried = tls.helloRetryRequest === null ? null : 'TLS 1.3';
  const sni = clientHello?.serverNames[0];
  return {
    sni: sni === undefined ? null : visible(sni),
    alpnOffered: clientHello === null ? [] : clientHello.alpn.map(visible),
    alpnSelected: serverHello === null || serverHello.alpn === null ? null : visible(serverHello.alpn),
    version: serverHello === null ? retried : serverHello.version,
    decrypted: tls.openedRecords > 0,
    cipherSuite: serverHello === null ? null : serverHello.cipherSuite,
    decryption: tls.decryption,
    resumption: tls.resumption,
    ech: tls.echOutcome === 'unknown',
    alerts: tls.alerts.map(({ from, packet, name, level, basis }) => ({
      from,
      packet: packetNumberOf(packet),
      name,
      level,
      basis,
    })),
  };
}

function exchangeOf({ h2Stream, request, response }: Exchange, redaction: Redaction): FlowLine['exchanges'][number] {
  const authority = request?.authority ?? null;
  return {
    h2Stream,
    method: shown(request?.method),
    target: shown(request && redaction.target(request.target)),
    authority: shown(authority && redaction.authority(authority)),
    status: response === null || response.status === UNKNOWN_STATUS ? null : response.status,
    requestPacket: request === null ? null : packetNumberOf(request.headPacket),
    responsePacket: response === null ? null : packetNumberOf(response.headPacket),
  };
}

/** What is not known is shown as what is not there: `null`. */
function shown(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === UNKNOWN_TEXT ? null : visible(text);
}
