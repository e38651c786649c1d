import { describe, expect, it } from 'vitest';
import { Alerts } from '../../src/tls/alerts.js';
import { Direction } from '../../src/tls/direction.js';
import { HandshakeEnd } from '../../src/tls/handshake-end.js';
import { Hellos } from '../../src/tls/hellos.js';
import { KeyLog } from '../../src/tls/key-log.js';
import { SessionKeys } from '../../src/tls/session-keys.js';
import { TLS13_ALERT_LENGTH } from '../../src/tls/side-tally.js';
import { UnopenedRecords } from '../../src/tls/unopened-records.js';
import { TLS_1_2, TLS_1_3 } from '../../src/tls/version.js';
import { answer } from './hello-of.js';
import { NO_OWNER } from './no-owner.js';

const ALERT = 21;
const DATA = 23;

/** A connection of this version whose handshakes are done; `isDone` false: they are not. */
function connection(version: number, isDone = true) {
  const [client, server] = [new Direction(NO_OWNER, false), new Direction(NO_OWNER, false)];
  const [hellos, end, alerts] = [new Hellos(), new HandshakeEnd(), new Alerts()];
  hellos.agree(answer(version), 2, 20);
  if (isDone) for (const isClient of [true, false]) end.finish(isClient, 3, 30);
  const records = new UnopenedRecords(client, hellos, new SessionKeys(new KeyLog(), null), end, alerts);
  /** One record, as the direction counts it and the session then hands it on. */
  const take = (direction: Direction, length: number, packet: number, contentType = DATA) => {
    direction.tally.record(contentType, length, true, packet, packet * 10);
    records.record(direction, contentType, length, packet, packet * 10);
  };
  return { client, server, take, records, alertsNow: () => alerts.facts(client, server, false).alerts };
}

describe('a record that nobody opened, in TLS 1.2', () => {
  it('is known by its type', () => {
    const { client, server, take, records, alertsNow } = connection(TLS_1_2, false);
    take(client, 300, 4);
    take(server, 500, 5);
    take(server, 26, 6, ALERT);
    expect([client.tally.applicationBytes, server.tally.applicationBytes]).toEqual([300, 500]);
    expect([client.closeNotify, server.closeNotify]).toEqual([null, 'encrypted']);
    expect(alertsNow()).toMatchObject([{ from: 'server', packet: 6, atNs: 60, basis: 'encrypted' }]);
    expect(records.facts()).toMatchObject({ count: 1, last: { bytes: 300, answer: { bytes: 500 } } });
  });

  it('names the client whose alert it is, and does not forget a close_notify that was read', () => {
    const { client, take, alertsNow } = connection(TLS_1_2);
    client.closeNotify = 'seen';
    take(client, 26, 4, ALERT);
    expect(client.closeNotify).toBe('seen');
    expect(alertsNow()).toMatchObject([{ from: 'client' }]);
  });
});

describe('a record that nobody opened, in TLS 1.3', () => {
  it('is none of the application before the handshake is done, nor a server’s before the client has spoken', () => {
    const early = connection(TLS_1_3, false);
    early.take(early.client, 300, 4);
    expect(early.client.tally.applicationRecords).toBe(0);
    const { client, server, take } = connection(TLS_1_3);
    take(server, 500, 4);
    expect(server.tally.applicationRecords).toBe(0);
    take(client, 300, 5);
    take(server, 500, 6);
    expect([client.tally.applicationBytes, server.tally.applicationBytes]).toEqual([300, 500]);
  });

  it('is an alert by its length, where it is the last', () => {
    const { server, client, take, alertsNow } = connection(TLS_1_3);
    take(client, 300, 4);
    take(server, TLS13_ALERT_LENGTH, 5);
    expect(server.tally.applicationRecords).toBe(0);
    server.endedHow = 'fin';
    expect(alertsNow()).toMatchObject([{ from: 'server', packet: 5, basis: 'shape' }]);
    take(server, 500, 6);
    expect(server.tally.applicationRecords).toBe(2);
  });

  it('is a ticket, and no answer, where the second is as long and right behind the first', () => {
    const { client, server, take, records } = connection(TLS_1_3);
    take(client, 300, 4);
    take(server, 250, 5);
    expect(records.facts()?.last.answer).toMatchObject({ bytes: 250 });
    take(server, 250, 6);
    expect(records.facts()?.last.answer).toBeNull();
    take(server, 900, 7);
    expect(records.facts()?.last.answer).toMatchObject({ bytes: 900 });
  });
});
