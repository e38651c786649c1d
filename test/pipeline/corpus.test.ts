import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { analyze } from '../../src/pipeline/analyze.js';

/** Public captures; they lie beside the checkout. The figures are tshark's. */
const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus');

async function connectionsOf(capture: string): Promise<Connection[]> {
  const connections: Connection[] = [];
  const { errors } = await analyze({
    files: [path.join(corpus, capture)],
    rules: [],
    onConnection: (connection) => connections.push(connection),
  });
  expect(errors).toEqual([]);
  return connections.sort((a, b) => a.stream - b.stream);
}

describe.skipIf(!existsSync(corpus))('facts of public captures', () => {
  it('HTTP/2 with a push, behind a head in CONTINUATION frames', async () => {
    const [connection] = await connectionsOf('arkime/http2-nghttp2.pcap');
    expect(connection?.anomalies).toEqual([]);
    expect(connection?.h2).toMatchObject({
      hasPreface: true,
      goAways: [{ from: 'client', packet: 95, lastStream: 2, code: 0 }],
      unfinishedHead: null,
      timesLost: { client: 0, server: 0 },
    });
    expect(connection?.exchanges).toMatchObject([
      { h2Stream: 13, request: { target: '/', firstPacket: 4, headPacket: 24 }, h2: { state: 'closed' } },
      {
        h2Stream: 2,
        request: null,
        response: { status: 200 },
        h2: { promise: { onStream: 13, target: '/stylesheets/screen.css', packet: 26 } },
      },
    ]);
  });

  it('a stream that the client cancelled, and the answer that crossed it', async () => {
    const [connection] = await connectionsOf('suricata-verify/app-layer-protocol-exact.pcap');
    expect(connection?.exchanges.at(-1)).toMatchObject({
      h2Stream: 7,
      response: { status: 200, firstPacket: 21 },
      h2: { reset: { by: 'client', code: 8, packet: 20 } },
    });
  });

  it('WebSocket closes, with their codes', async () => {
    const [connection] = await connectionsOf('zeek/websocket__message-too-big-status.pcap');
    expect(connection?.protocol).toBe('websocket');
    const [webSocket] = connection?.webSockets ?? [];
    expect(webSocket).toMatchObject({ accept: 'right' });
    expect([webSocket?.closes.client?.code, webSocket?.closes.server?.code]).toContain(1009);
  });

  it('WebSocket pings and pongs', async () => {
    const [connection] = await connectionsOf('suricata-verify/websocket-ping.pcap');
    expect(connection?.webSockets[0]?.pings).toMatchObject([{ from: 'client', packet: 8, answerPacket: 11 }]);
  });
});
