import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { type AbandonedStream, abandonedStreamsOf } from '../../../src/rules/judgements/abandoned-stream.js';
import { answer, connection, finBy, get, handshake, type Step } from '../facts.js';
import { overH2 } from '../h2-facts.js';

function found(facts: Connection): AbandonedStream[] {
  const streams: AbandonedStream[] = [];
  abandonedStreamsOf(facts, (one) => streams.push(one));
  return streams;
}

/** A request over HTTP/2, and what follows it. */
function asked(...steps: readonly Step[]): Connection {
  return connection([...handshake(), get(1133, '/report'), { at: 1200, is: 'ack', from: 'server' }, ...steps]);
}

describe('a stream that its client gives up', () => {
  it('is cancelled', () => {
    const facts = asked();
    const reset = { by: 'client', code: 8, packet: 9, atNs: 5e9, openStreams: 1 } as const;
    expect(found(overH2(facts, {}, () => ({ reset })))).toMatchObject([{ how: 'cancel', amidAnswer: false }]);
    expect(found(overH2(facts, {}, () => ({ reset: { ...reset, by: 'server' } })))).toEqual([]);
    expect(found(overH2(facts, {}, () => ({ reset: { ...reset, code: 2 } })))).toEqual([]);
  });

  it('waits for its answer when its client closes', () => {
    const [only] = found(overH2(asked(finBy('client', 3_001_133))));
    expect(only).toMatchObject({ how: 'fin', amidAnswer: false, waitedNs: 3e9 });
  });

  it('is none where the server closes, or was read in part, or has answered', () => {
    expect(found(overH2(asked(finBy('server', 3_001_133))))).toEqual([]);
    expect(found(overH2(asked(answer(2000), finBy('client', 3_001_133))))).toEqual([]);
    const unread = asked(finBy('client', 3_001_133));
    expect(found(overH2({ ...unread, undecodedBytes: { client: 0, server: 9 } }))).toEqual([]);
  });

  it('is none where the server goes on behind the FIN', () => {
    const facts = asked(finBy('client', 3_001_133));
    const server = { ...facts.server, lastPayloadNs: 4e9 };
    expect(found(overH2({ ...facts, server }))).toEqual([]);
  });

  it('is none that the server’s GOAWAY refuses', () => {
    const goAway = { packet: 8, atNs: 2e9, from: 'server', lastStream: 0, code: 0, debug: '' } as const;
    const goAways = [goAway];
    const reset = { by: 'client', code: 8, packet: 9, atNs: 5e9, openStreams: 1 } as const;
    expect(found(overH2(asked(), { goAways }, () => ({ reset })))).toEqual([]);
    expect(found(overH2(asked(finBy('client', 3_001_133)), { goAways }))).toEqual([]);
  });

  /** What is asked for in a request of this media type, and left. */
  const askedFor = (value: string) =>
    found(
      overH2(
        connection([
          ...handshake(),
          get(1133, '/shop.Stock/Watch', { method: 'POST', fields: [{ name: 'content-type', value }] }),
          finBy('client', 3_001_133),
        ]),
      ),
    );

  it('is said to be a call, which may end so by design', () => {
    expect(askedFor('application/grpc')).toMatchObject([{ how: 'fin', isGrpc: true }]);
    expect(askedFor('application/json')).toMatchObject([{ how: 'fin', isGrpc: false }]);
  });

  it('is no stream of events, which ends so by design', () => {
    expect(askedFor('text/event-stream')).toEqual([]);
  });
});
