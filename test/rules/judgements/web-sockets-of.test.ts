import { expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import { noteWebSockets, webSocketTally } from '../../../src/rules/judgements/web-sockets-of.js';
import { serversOf } from '../../../src/rules/tally/per-server.js';
import { answer, connection, get, handshake } from '../facts.js';
import { webSocket } from '../websocket-facts.js';

const newServer = () => ({ webSockets: 0, handshakes: [] as number[], asked: [] as string[] });

/** What a tally says of these connections, noted one after the other. */
function noted(connections: readonly Connection[]) {
  const tally = webSocketTally<ReturnType<typeof newServer>, never>();
  for (const one of connections)
    noteWebSockets(one, tally, newServer, ({ handshakePacket }, server, exchanges) => {
      server.handshakes.push(handshakePacket);
      server.asked.push(exchanges.map(({ request }) => request?.target).join());
    });
  return {
    servers: serversOf(tally.servers).map(({ endpoint, tally: server }) => ({ port: endpoint.port, ...server })),
    held: tally.waiting.held,
  };
}

const plain = connection([...handshake(), get(1133, '/page'), answer(1500), get(2000, '/live'), answer(3600, 101)]);
const [page, live] = plain.exchanges;
const opened: Connection = { ...plain, webSockets: [webSocket(7), webSocket(9)], webSocketCount: 2 };

it('counts each WebSocket for its server, and tells of it with the exchanges that may have opened it', () => {
  expect(noted([opened, opened])).toEqual({
    servers: [{ port: 80, webSockets: 4, handshakes: [7, 9, 7, 9], asked: ['/live', '/live', '/live', '/live'] }],
    held: 0,
  });
});

it('waits for the last batch of a connection that goes on', () => {
  const first = { ...opened, goesOn: true, exchanges: live === undefined ? [] : [live], webSocketCount: 0 };
  const last = { ...opened, exchanges: page === undefined ? [] : [page] };
  expect(noted([first])).toEqual({ servers: [], held: 1 });
  expect(noted([first, last])).toEqual({
    servers: [{ port: 80, webSockets: 2, handshakes: [7, 9], asked: ['/live', '/live'] }],
    held: 0,
  });
});

it('keeps no server that has none', () => {
  expect(noted([plain])).toEqual({ servers: [], held: 0 });
});

it('names the server of HTTP, where the roles are turned over', () => {
  const reversed = { ...opened, anomalies: [{ name: ROLES_REVERSED, from: null, packet: 4, count: 1 }] };
  expect(noted([reversed]).servers).toMatchObject([{ port: opened.client.endpoint.port }]);
});
