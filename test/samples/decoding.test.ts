/** What is said inside the samples: TLS with and without its keys, HTTP/2, reverse HTTP, WebSocket. */
import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
import { connectionsOf } from './connections.js';
import { ENCRYPTED, keyCutter } from './without-keys.js';

const withoutKeys = keyCutter();

describe.each(ENCRYPTED)('%s', (file) => {
  it('is decrypted whole with the keys that it holds', async () => {
    const opened = (await connectionsOf(file)).flatMap(({ stream, tls }) => (tls === null ? [] : [{ stream, tls }]));
    expect(opened.length).toBeGreaterThan(0);
    for (const { stream, tls } of opened)
      expect({ stream, decryption: tls.decryption }).toEqual({
        stream,
        decryption: tls.protectedRecords === 0 ? 'nothing-protected' : 'whole',
      });
  });

  it('tells without them what is in clear, and says that the rest is closed', async () => {
    const [open, closed] = [await connectionsOf(file), await connectionsOf(withoutKeys(file))];
    expect(closed.map(({ stream }) => stream)).toEqual(open.map(({ stream }) => stream));
    for (const [index, { tls }] of open.entries()) {
      const other = closed[index]?.tls ?? null;
      expect(other === null).toBe(tls === null);
      if (tls === null || other === null) continue;
      expect(other.clientHello).toEqual(tls.clientHello);
      expect(other.serverHello?.version).toBe(tls.serverHello?.version);
      expect(['no-key', 'nothing-protected']).toContain(other.decryption);
      expect(other.alerts.filter(({ basis }) => basis === 'clear')).toEqual(
        tls.alerts.filter(({ basis }) => basis === 'clear'),
      );
      if (other.decryption === 'no-key') expect(closed[index]?.exchanges).toEqual([]);
    }
  });
});

const requestsIn = ({ exchanges }: Connection): string[] =>
  exchanges.flatMap(({ request }) => (request === null ? [] : [`${request.authority}${request.target}`]));

describe('HTTP/2 in the samples', () => {
  it('a misdirected request is answered 421, its stream reset, and asked again on a connection of its own', async () => {
    const browser = (await connectionsOf('cross-sni-reuse-421.pcapng')).filter(
      ({ server }) => server.endpoint.port === 443 && server.endpoint.address === '10.0.0.49',
    );
    let misdirected = 0;
    for (const { exchanges, h2 } of browser) {
      for (const { request, response, h2Stream } of exchanges) {
        if (response?.status !== 421) continue;
        misdirected += 1;
        expect(request?.authority).toBe('serv2.shop.example');
        // The answer ended the stream; the reset behind it is late, and on that stream.
        expect(h2?.lateResets.map((reset) => [reset.by, reset.h2Stream])).toContainEqual(['client', h2Stream]);
      }
    }
    expect(misdirected).toBeGreaterThan(0);
    const again = browser.find(({ tls }) => tls?.clientHello?.serverNames.includes('serv2.shop.example') === true);
    expect(again?.exchanges.find(({ request }) => request?.target === '/')?.response?.status).toBe(200);
  });

  it.each(['reverse-http.pcapng', 'reverse-http-clear.pcap'])(
    '%s: who accepted the connections asks on them',
    async (file) => {
      const connections = await connectionsOf(file);
      const reverse = connections.filter(({ anomalies }) => anomalies.some(({ name }) => name === ROLES_REVERSED));
      expect(reverse.length).toBeGreaterThan(0);
      for (const connection of reverse) {
        expect(connection.protocol).toBe('h2');
        expect(requestsIn(connection).length).toBeGreaterThan(0);
      }
    },
  );

  it('a server says GOAWAY below streams that are under way', async () => {
    const [connection] = await connectionsOf('h2-goaway-race-nginx.pcapng');
    const goAway = connection?.h2?.goAways.find(({ from }) => from === 'server');
    expect(goAway?.lastStream).toBe(39);
    const beyond = connection?.exchanges.filter(({ h2Stream }) => (h2Stream ?? 0) > 39) ?? [];
    expect(beyond.length).toBe(4);
    for (const { response } of beyond) expect(response).toBeNull();
  });
});

describe('WebSocket in the samples', () => {
  it('one that is handed on properly pings and closes with 1000', async () => {
    const sockets = (await connectionsOf('websocket-healthy.pcapng')).flatMap(({ webSockets }) => webSockets);
    expect(sockets.length).toBeGreaterThan(0);
    for (const { accept, closes } of sockets) {
      expect(accept).toBe('right');
      expect(closes.client?.code ?? closes.server?.code).toBe(1000);
    }
    expect(sockets.some(({ pingCount }) => pingCount > 0)).toBe(true);
  });

  it('one over extended CONNECT is told with its stream', async () => {
    const sockets = (await connectionsOf('websocket-h2-connect-healthy.pcapng')).flatMap(
      ({ webSockets }) => webSockets,
    );
    expect(sockets.filter(({ h2Stream }) => h2Stream !== null).length).toBe(2);
  });

  it('one that a proxy cuts off is idle before, and nobody says Close', async () => {
    const cut = (await connectionsOf('websocket-idle.pcapng'))
      .flatMap(({ webSockets }) => webSockets)
      .filter(({ closes }) => closes.client === null && closes.server === null);
    expect(cut.length).toBeGreaterThan(0);
    for (const { idlePeriods } of cut) expect((idlePeriods.at(-1)?.durationNs ?? 0) / 1e9).toBeGreaterThan(4.5);
  });

  it('none where the proxy drops what asks for the upgrade', async () => {
    const connections = await connectionsOf('websocket-no-upgrade.pcapng');
    expect(connections.flatMap(({ webSockets }) => webSockets)).toEqual([]);
    const refused = connections
      .flatMap(({ exchanges }) => exchanges)
      .filter(({ response }) => response?.status === 400);
    expect(refused.length).toBeGreaterThan(0);
  });
});
