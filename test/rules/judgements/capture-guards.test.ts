import { describe, expect, it } from 'vitest';
import { OUT_OF_WINDOW } from '../../../src/facts/anomaly.js';
import { TCP_OPTION } from '../../../src/facts/segment-evidence.js';
import { guardSteps, lowered, silenceIsUnsayable } from '../../../src/rules/judgements/capture-guards.js';
import { type ConnectionOptions, connection, get, handshake, type ResetOptions, rstBy } from '../facts.js';

describe('that the server was silent', () => {
  const why = (options: ConnectionOptions = {}, reset: ResetOptions = {}) => {
    const facts = connection([...handshake(), get(1133), rstBy('server', 1300, reset)], options);
    const [first] = facts.close.segments;
    return first === undefined ? 'no reset' : silenceIsUnsayable(facts, first);
  };

  it('can be said when all was seen', () => {
    expect(why()).toBeNull();
  });

  it('cannot be said of a side that was not captured', () => {
    expect(why({ guards: { oneSided: true } })).toBe('one-sided');
    expect(why({ serverFacts: { plainSegments: 0 } })).toBe('one-sided');
  });

  it('cannot be said when its reset or the client’s ACK speaks of bytes that nobody saw', () => {
    expect(why({}, { sequence: 500 })).toBe('unseen-before-close');
    expect(why({ clientFacts: { highestAcknowledged: 2 } })).toBe('unseen-but-acknowledged');
    const facts = connection([...handshake(), get(1133), rstBy('server', 1300), rstBy('client', 1400)]);
    const [first, second] = facts.close.segments;
    if (first === undefined || second === undefined) throw new Error('two resets were made');
    const close = { segments: [first, { ...second, deltaAcknowledgement: 900 }] };
    expect(silenceIsUnsayable({ ...facts, close }, first)).toBe('unseen-but-acknowledged');
  });

  it('cannot be said when segments were not read for want of a place in the connection', () => {
    const anomalies = [{ name: OUT_OF_WINDOW, from: null, packet: 5, count: 1 }];
    expect(why({ anomalies })).toBe('out-of-window');
  });

  it('cannot be said where both speak Multipath TCP: another subflow may have carried it', () => {
    const facts = connection([...handshake(), get(1133), rstBy('server', 1300)]);
    const [first] = facts.close.segments;
    const { syn, synAck } = facts.handshake;
    if (first === undefined || syn === null || synAck === null) throw new Error('a handshake and a reset were made');
    const options = TCP_OPTION.mss | TCP_OPTION.mptcp;
    const agreed = { ...facts.handshake, syn: { ...syn, options }, synAck: { ...synAck, options } };
    expect(silenceIsUnsayable({ ...facts, handshake: agreed }, first)).toBe('several-paths');
    expect(silenceIsUnsayable({ ...facts, handshake: { ...agreed, synAck } }, first)).toBeNull();
  });

  it('cannot be said when bytes were lost, unless the snap length alone cut them', () => {
    expect(why({ serverFacts: { lostBytes: 10 } })).toBe('bytes-lost');
    expect(why({ serverFacts: { lostBytes: 10, snappedBytes: 10 }, guards: { snapped: true } })).toBeNull();
    expect(why({ serverFacts: { lostBytes: 11, snappedBytes: 10 }, guards: { snapped: true } })).toBe('bytes-lost');
  });
});

describe('a guard', () => {
  it('takes one step of confidence each, and never more than there are', () => {
    expect(guardSteps(connection(handshake()))).toBe(0);
    expect(guardSteps(connection(handshake(), { guards: { snapped: true } }))).toBe(1);
    const many = { snapped: true, clockStepped: true, oneSided: true };
    expect(guardSteps(connection(handshake(), { guards: many }))).toBe(2);
    expect([0, 1, 2, 9].map((steps) => lowered('certain', steps))).toEqual([
      'certain',
      'likely',
      'possible',
      'possible',
    ]);
    expect(lowered('likely', 1)).toBe('possible');
  });

  it('is not what the kernel dropped: that is known at the end of the capture only', () => {
    expect(guardSteps(connection(handshake(), { guards: { captureDrops: true } }))).toBe(0);
  });
});
