/** WebSockets for connections written by hand. */
import type { WebSocketFacts, WebSocketSent } from '../../src/facts/websocket.js';

/** What a side sent: nothing, or as many frames as it takes for its last one to be this. */
export function sent(lastNs: number | null, lastPacket: number | null = null): WebSocketSent {
  const frames = lastNs === null ? 0 : 1;
  return {
    frames,
    textMessages: frames,
    binaryMessages: 0,
    compressedMessages: 0,
    pings: 0,
    pongs: 0,
    payloadBytes: frames * 10,
    largestPayload: frames * 10,
    lastNs,
    lastPacket,
    isLost: false,
  };
}

/** A conversation accepted by the response whose head this packet ends. */
export function webSocket(handshakePacket: number, facts: Partial<WebSocketFacts> = {}): WebSocketFacts {
  return {
    h2Stream: null,
    handshakePacket,
    startNs: 0,
    accept: 'right',
    subprotocol: null,
    extensions: null,
    hasDeflate: false,
    sent: { client: sent(null), server: sent(null) },
    pings: [],
    pingCount: 0,
    closes: { client: null, server: null },
    idlePeriods: [],
    idlePeriodCount: 0,
    ...facts,
  };
}
