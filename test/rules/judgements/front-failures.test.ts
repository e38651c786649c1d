import { describe, expect, it } from 'vitest';
import {
  closedInFront,
  toldAtOnce,
  toldInFront,
  toldOfEach,
  toldPacket,
  toldSentences,
} from '../../../src/rules/judgements/front-failures.js';

const SECOND = 1_000_000_000;
const EDGE = { address: '10.0.0.49', port: 80 };
const BACKEND = { address: '10.0.1.43', port: 8080 };
/** Asked at 1 s, and told 502 at `atNs`. */
const told = (atNs: number, status = 502) => ({ ...EDGE, requestNs: SECOND, status, packet: 12, atNs });
/** Tried from 2 s to 3 s. */
const attempt = { beginNs: 2 * SECOND, endNs: 3 * SECOND, server: BACKEND };

describe('a failure told to a client in front', () => {
  it('is one that was waiting when a try began, and was told soon after it ended', () => {
    expect(toldInFront([told(3 * SECOND)], [attempt])).toHaveLength(1);
    expect(toldInFront([told(4.5 * SECOND)], [attempt])).toHaveLength(1);
    expect(toldInFront([told(4.5 * SECOND + 1)], [attempt])).toEqual([]);
    expect(toldInFront([told(4.5 * SECOND + 1)], [{ ...attempt, patienceNs: 1 }])).toHaveLength(1);
  });

  it('is none that was told before, or asked after, or is of the server itself', () => {
    expect(toldInFront([told(3 * SECOND - 1)], [attempt])).toEqual([]);
    expect(toldInFront([told(3 * SECOND)], [{ ...attempt, beginNs: SECOND - 1 }])).toEqual([]);
    expect(toldInFront([told(3 * SECOND)], [{ ...attempt, server: EDGE }])).toEqual([]);
  });

  it('is told by its time alone where it comes at once, and where no more were told so than were tried', () => {
    expect(toldAtOnce([told(3.05 * SECOND)], [attempt])).toHaveLength(1);
    expect(toldAtOnce([told(3.05 * SECOND + 1)], [attempt])).toEqual([]);
    expect(toldAtOnce([told(3 * SECOND), told(3.01 * SECOND)], [attempt])).toEqual([]);
    expect(toldAtOnce([told(3 * SECOND), told(3.01 * SECOND)], [attempt, attempt])).toHaveLength(2);
  });

  it('is counted once, though several tries were made for it', () => {
    expect(toldInFront([told(3 * SECOND)], [attempt, { ...attempt, beginNs: 2.5 * SECOND }])).toHaveLength(1);
  });

  it('is said with the statuses, how often, and the first packet', () => {
    expect(toldSentences([])).toEqual([]);
    expect(toldSentences([told(1)])).toEqual(['10.0.0.49:80 told its clients 502 for it, once (from #12).']);
    expect(toldSentences([told(1), told(2)], [], true)).toEqual([
      '10.0.0.49:80 told its clients 502 for it, at least twice (from #12).',
    ]);
    expect(toldSentences([told(1), told(2, 504), told(3)])).toEqual([
      '10.0.0.49:80 told its clients 502, 504 for it, 3 times (from #12).',
    ]);
  });

  it('is named where it is that of a gRPC call', () => {
    expect(toldSentences([told(1, 1014)])).toEqual([
      '10.0.0.49:80 told its clients UNAVAILABLE (grpc-status 14) for it, once (from #12).',
    ]);
  });

  it('is evidence that stands in another connection', () => {
    expect(toldPacket(told(3 * SECOND))).toEqual({
      packet: 12,
      atNs: 3 * SECOND,
      note: '502 for a client in front',
      elsewhere: true,
    });
  });

  it('belongs, of requests that wait at once, to the attempts in their order, each to one', () => {
    const failures = [
      { ...told(17 * SECOND), requestNs: 1.5 * SECOND, packet: 76 },
      { ...told(15 * SECOND), packet: 70 },
    ];
    const patient = { ...attempt, patienceNs: 20 * SECOND };
    const packets = (attempts: Parameters<typeof toldOfEach>[1]) =>
      toldOfEach(failures, attempts).map((one) => one?.packet);
    expect(
      packets([patient, { ...patient, beginNs: 4 * SECOND, endNs: 5 * SECOND }, { ...patient, beginNs: 6 * SECOND }]),
    ).toEqual([70, 76, undefined]);
    // One that ends first need not have begun first.
    expect(
      packets([
        { ...patient, beginNs: 2.1 * SECOND },
        { ...patient, endNs: 4 * SECOND },
      ]),
    ).toEqual([76, 70]);
    // Nobody had asked for the second when the first was made.
    expect(packets([{ ...patient, beginNs: 1.2 * SECOND }, patient])).toEqual([70, 76]);
  });

  it('belongs to no attempt that ended after it', () => {
    expect(toldOfEach([told(3 * SECOND - 1)], [attempt])).toEqual([null]);
  });
});

describe('a request in front that is ended without an answer', () => {
  const ended = (endNs: number, changes = {}) => ({
    key: 1,
    stream: 4,
    index: 1,
    client: { address: '10.0.0.10', port: 40_000 },
    server: EDGE,
    authority: null,
    serverName: null,
    shape: 0,
    packet: 20,
    startNs: SECOND,
    endNs,
    status: null,
    answerPacket: 81,
    trace: null,
    agent: null,
    forwardedFor: null,
    ...changes,
  });

  it('is that of an attempt where its proxy told others of failures, and it ended as they did', () => {
    const all = [
      ended(3.1 * SECOND, { packet: 21 }),
      ended(3 * SECOND),
      ended(2.9 * SECOND),
      ended(3 * SECOND, { status: 200 }),
      ended(3 * SECOND, { answerPacket: null }),
      ended(3 * SECOND, { server: { ...EDGE, port: 443 } }),
      ended(3 * SECOND, { startNs: 2.1 * SECOND }),
    ];
    expect(closedInFront(all, [told(3 * SECOND)], [attempt]).map(({ packet }) => packet)).toEqual([20, 21]);
    expect(closedInFront(all, [], [attempt])).toEqual([]);
    expect(toldSentences([told(1)], [ended(3 * SECOND), ended(4 * SECOND)])).toEqual([
      '10.0.0.49:80 told its clients 502 for it, once (from #12), and closed without an answer twice (from #81).',
    ]);
  });
});
