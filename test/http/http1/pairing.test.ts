import { describe, expect, it } from 'vitest';
import type { LossBefore, OpenExchange } from '../../../src/http/http1/open-exchange.js';
import {
  MAX_INTERIM_RESPONSES,
  MAX_OPEN_EXCHANGES,
  MAX_WAITING_STRAYS,
  Pairing,
} from '../../../src/http/http1/pairing.js';
import type { DraftRequest, DraftResponse } from '../../../src/http/message-facts.js';

const at = (packet: number): number => packet * 1e6;

function message(packet: number): Omit<DraftRequest & DraftResponse, 'method' | 'target' | 'authority' | 'status'> {
  return {
    ...{ firstPacket: packet, lastPacket: packet, headPacket: packet, startNs: at(packet), endNs: at(packet) },
    ...{ version: 'HTTP/1.1', headBytes: 20, bodyBytes: 0, contentLength: null, framing: 'none', complete: true },
    ...{ lostBytes: 0, longestPauseNs: 0, fields: [], reason: '', bodyDigest: null },
  };
}

/** A pairing as the two readers use it: packets are a millisecond apart, messages are whole unless said otherwise. */
class Readers {
  readonly told: string[] = [];
  readonly anomalies: string[] = [];
  readonly pairing = new Pairing({
    exchange: ({ request, interim, response }) => {
      const first = interim.length === 0 ? '' : `${interim.length} before `;
      this.told.push(`${request?.target ?? '?'} -> ${first}${response?.status ?? '?'}`);
    },
    anomaly: (name) => this.anomalies.push(name),
    handOver: () => null,
  });

  asks(target: string, packet: number, isWhole = true): OpenExchange {
    const exchange = this.pairing.request({ ...message(packet), method: 'GET', target, authority: null });
    if (isWhole) this.ends(exchange);
    return exchange;
  }

  ends(exchange: OpenExchange): void {
    exchange.requestDone = true;
    this.pairing.tellFinished();
  }

  answers(status: number, packet: number, loss: LossBefore = 'none'): void {
    const exchange = this.pairing.answer(packet, at(packet), loss);
    exchange.response = { ...message(packet), status };
    exchange.responseDone = true;
    this.pairing.tellFinished();
  }

  reaches(packet: number): void {
    this.pairing.clientReached(packet, at(packet));
  }

  allTold(): string[] {
    this.pairing.clientEnded();
    this.pairing.flush(1);
    return this.told;
  }
}

describe('an answer behind lost bytes of the server', () => {
  it('is told as soon as the client is decoded up to it', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.answers(200, 5, 'within-message');
    readers.reaches(4);
    expect(readers.told).toEqual([]);
    readers.reaches(6);
    expect(readers.told).toEqual(['/a -> 200']);
  });

  it('belongs to the last request before it, also where that is decoded later', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.answers(200, 5, 'between-messages');
    readers.asks('/b', 4);
    expect(readers.allTold()).toEqual(['/a -> ?', '/b -> 200']);
  });

  it('stays with the next request in line where the client pipelines', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.asks('/b', 2);
    readers.answers(200, 3);
    readers.answers(404, 7, 'within-message');
    readers.asks('/c', 6);
    expect(readers.allTold()).toEqual(['/a -> 200', '/b -> 404', '/c -> ?']);
  });

  it('that no request is known for goes to the first of a pipelining client that is decoded late', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.asks('/b', 2);
    readers.answers(200, 3);
    readers.answers(201, 4);
    readers.answers(404, 9, 'between-messages');
    readers.asks('/c', 7);
    readers.asks('/d', 8);
    expect(readers.allTold()).toEqual(['/a -> 200', '/b -> 201', '/c -> 404', '/d -> ?']);
  });

  it('keeps its request when bytes of the client are lost after it was certain', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.answers(200, 5, 'between-messages');
    readers.reaches(6);
    readers.pairing.clientLost();
    readers.asks('/b', 8);
    readers.answers(404, 9);
    expect(readers.allTold()).toEqual(['/a -> 200', '/b -> 404']);
  });

  it('is not given to a request whose own was lost, though its body goes on', () => {
    const readers = new Readers();
    readers.asks('/upload', 1, false);
    readers.asks('/b', 2);
    readers.answers(200, 3, 'between-messages');
    readers.asks('/c', 4);
    readers.answers(404, 5);
    expect(readers.allTold()).toEqual(['/upload -> ?', '/b -> 200', '/c -> 404']);
  });
});

describe('an answer before any request', () => {
  it('waits until the client is decoded up to it, and is told then', () => {
    const readers = new Readers();
    readers.answers(408, 3);
    readers.reaches(2);
    expect(readers.told).toEqual([]);
    readers.reaches(4);
    expect(readers.told).toEqual(['? -> 408']);
  });

  it('is not taken by a request that began after it', () => {
    const readers = new Readers();
    readers.answers(408, 3);
    readers.asks('/a', 5);
    readers.answers(200, 6);
    expect(readers.allTold()).toEqual(['? -> 408', '/a -> 200']);
  });

  it('stands behind the late request whose answer was told without it', () => {
    const readers = new Readers();
    for (let index = 0; index <= MAX_WAITING_STRAYS; index += 1) readers.answers(200 + index, 10 + index);
    expect(readers.told).toEqual(['? -> 200']);
    readers.asks('/late', 5);
    expect(readers.allTold().slice(0, 3)).toEqual(['? -> 200', '/late -> ?', '? -> 201']);
  });

  it('makes room for others by itself, not in the place of an upload that was answered early', () => {
    const readers = new Readers();
    const upload = readers.asks('/upload', 1, false);
    readers.answers(413, 2);
    for (let index = 0; index <= MAX_WAITING_STRAYS; index += 1) readers.answers(200 + index, 3 + index);
    readers.ends(upload);
    expect(readers.told).toEqual(['/upload -> 413', '? -> 200']);
  });
});

describe('what is kept open', () => {
  it('is bounded where an upload that never ends holds back what stands behind it', () => {
    const readers = new Readers();
    readers.asks('/upload', 1, false);
    readers.answers(413, 2);
    for (let index = 0; index < MAX_OPEN_EXCHANGES; index += 1) readers.answers(200, 3 + index);
    expect(readers.anomalies).toEqual(['http1-too-many-open-exchanges']);
    expect(readers.told[0]).toBe('/upload -> 413');
  });

  it('is told once: a request that is decoded late does not take an answer that was told to make room', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.answers(200, 5, 'within-message');
    for (let index = 0; index < MAX_OPEN_EXCHANGES; index += 1) readers.asks(`/${index}`, 6 + index);
    expect(readers.told).toEqual(['/a -> 200']);
    readers.asks('/late', 4);
    const told = readers.allTold();
    expect(told.filter((one) => one === '/late -> ?')).toHaveLength(1);
    expect(new Set(told).size).toBe(MAX_OPEN_EXCHANGES + 2);
  });

  it('goes with the connection', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    readers.pairing.interim({ status: 103, packet: 2, atNs: at(2) });
    readers.answers(408, 3, 'within-message');
    const { told, anomalies } = new Readers();
    readers.pairing.reset({
      exchange: ({ request, response }) => told.push(`${request?.target ?? '?'} -> ${response?.status ?? '?'}`),
      anomaly: (name) => anomalies.push(name),
      handOver: () => null,
    });
    readers.asks('/b', 1);
    readers.answers(200, 2);
    expect(told).toEqual(['/b -> 200']);
    readers.pairing.flush(3);
    expect(anomalies).toEqual([]);
  });
});

describe('interim responses', () => {
  it('of one exchange are kept up to the limit', () => {
    const readers = new Readers();
    readers.asks('/a', 1);
    for (let index = 0; index <= MAX_INTERIM_RESPONSES; index += 1)
      readers.pairing.interim({ status: 102, packet: 2 + index, atNs: at(2 + index) });
    readers.answers(200, 100);
    expect(readers.told).toEqual([`/a -> ${MAX_INTERIM_RESPONSES} before 200`]);
  });

  it('that nothing final follows are told up to the limit', () => {
    const readers = new Readers();
    for (let index = 0; index <= MAX_INTERIM_RESPONSES; index += 1)
      readers.pairing.interim({ status: 102, packet: 2 + index, atNs: at(2 + index) });
    expect(readers.allTold()).toEqual([]);
    expect(readers.anomalies).toEqual(
      Array.from({ length: MAX_INTERIM_RESPONSES }, () => 'http1-interim-without-request'),
    );
  });
});
