import { describe, expect, it } from 'vitest';
import {
  countRetries,
  firstRetryText,
  NO_RETRIES,
  RETRY_WITHIN_NS,
  ROUTINE_RETRY_NS,
  retryAmongRoutine,
  retryOutcome,
  retryPackets,
} from '../../../src/rules/judgements/retries.js';

describe('a failed request', () => {
  const at = 1_000_000_000;
  const endNs = at + RETRY_WITHIN_NS;
  const again = (startNs: number, status: number, stream = 1, isOpen = false) => ({ startNs, stream, status, isOpen });

  it('was sent again and answered when an equal one on another connection was, soon enough', () => {
    expect(retryOutcome([again(at + 10, 200)], 0, at, endNs)).toBe('answered');
    expect(retryOutcome([again(at + 10, 0), again(at + 20, 404)], 0, at, endNs)).toBe('answered');
    expect(retryOutcome([again(at + RETRY_WITHIN_NS, 200)], 0, at, endNs)).toBe('answered');
  });

  it('failed again when no try was answered well', () => {
    expect(retryOutcome([again(at + 10, 0), again(at + 20, 502)], 0, at, endNs)).toBe('failed-again');
  });

  it('was not retried by an earlier request, a late one, or one on its own connection', () => {
    const others = [again(at - 1, 200), again(at + RETRY_WITHIN_NS + 1, 200), again(at + 10, 200, 0)];
    expect(retryOutcome(others, 0, at, endNs)).toBe('not-retried');
  });

  it('has a fate unknown when its client asks for the same though it was answered, as soon as that', () => {
    const visit = 180_000_000;
    const periodic = [again(at - 5, 0, 0), again(at + visit, 200), again(at + 2 * visit, 0, 2)];
    expect(retryOutcome(periodic, 0, at, endNs)).toBe('unknown');
    const poll = 2_000_000_000;
    const retried = [again(at - poll, 200, 3), again(at - 5, 0, 0), again(at + 10, 200), again(at + poll, 200, 2)];
    expect(retryOutcome(retried, 0, at, endNs)).toBe('answered');
  });

  it('has a fate unknown when requests like it were not kept', () => {
    expect(retryOutcome(null, 0, at, endNs)).toBe('unknown');
  });

  it('has a fate unknown when the capture ends before a retry would have come', () => {
    expect(retryOutcome([], 0, at, endNs - 1)).toBe('unknown');
    expect(retryOutcome([], 0, at, endNs)).toBe('not-retried');
    expect(retryOutcome([again(at + 10, 200)], 0, at, endNs - 1)).toBe('answered');
    expect(retryOutcome([again(at + 10, 0)], 0, at, endNs - 1)).toBe('failed-again');
  });

  it('has a fate unknown while its retry waits for an answer when the capture ends, within two seconds', () => {
    const waiting = again(at + 10, 0, 1, true);
    expect(retryOutcome([waiting], 0, at, at + 2_000_000_000)).toBe('unknown');
    expect(retryOutcome([waiting, again(at + 20, 0, 2)], 0, at, at + 1_000_000_000)).toBe('unknown');
    expect(retryOutcome([waiting, again(at + 20, 200, 2)], 0, at, at + 1_000_000_000)).toBe('answered');
    expect(retryOutcome([waiting], 0, at, at + 2_000_000_010)).toBe('failed-again');
  });

  it('has a fate unknown among such as come as close upon one another, unless their method is repeated by programs', () => {
    const pause = 4_000_000;
    const dense = [again(at - 90 * pause, 200), again(at - 86 * pause, 200)];
    const sparse = [again(at - 90 * pause, 200), again(at - 85 * pause, 200)];
    const next = again(at + pause, 200);
    expect(retryAmongRoutine([...dense, next], 0, at, endNs, false)).toBe('unknown');
    expect(retryAmongRoutine([...dense, next], 0, at, endNs, true)).toBe('answered');
    expect(retryAmongRoutine([...sparse, next], 0, at, endNs, false)).toBe('answered');
    expect(retryAmongRoutine(dense, 0, at, endNs, false)).toBe('not-retried');
  });

  it('among routine requests was sent again only at once; of a later one nobody can tell', () => {
    const routine = [again(at - 2000, 200), again(at - 1000, 200)];
    const outcome = (...later: ReturnType<typeof again>[]) =>
      retryAmongRoutine([...routine, ...later], 0, at, endNs, true);
    expect(outcome(again(at + ROUTINE_RETRY_NS, 200))).toBe('answered');
    expect(outcome(again(at + ROUTINE_RETRY_NS + 1, 200))).toBe('unknown');
    expect(outcome()).toBe('not-retried');
    expect(retryAmongRoutine(null, 0, at, endNs, true)).toBe('unknown');
    const [before, late] = [again(at - 1000, 200), again(at + RETRY_WITHIN_NS, 200)];
    expect(retryAmongRoutine([before, late], 0, at, endNs, true)).toBe('unknown');
  });
});

describe('what became of several requests', () => {
  const retry = {
    startNs: 5e9,
    stream: 4,
    status: 200,
    isOpen: false,
    packet: 70,
    server: { address: '10.0.1.43', port: 80 },
    authority: null,
  };

  it('is counted, and what mended a failure is named with its packet', () => {
    const retries = countRetries([
      { failed: 20, outcome: 'answered', retry: { ...retry, startNs: 6e9, packet: 80 } },
      { failed: 10, outcome: 'answered', retry },
      { failed: 30, outcome: 'failed-again', retry: null },
      { failed: 40, outcome: 'not-retried', retry: null },
      { failed: 50, outcome: 'unknown', retry: null },
    ]);
    expect(retries).toMatchObject({ judged: 4, answered: 2, failedAgain: 1, notRetried: 1 });
    expect(retries.mended.map(({ failed }) => failed)).toEqual([10, 20]);
    expect(firstRetryText(retries)).toBe(' (first in #70)');
    expect(retryPackets(retries, 10, 4.9e9)).toEqual([
      { packet: 70, atNs: 5e9, note: 'the same request again, 100 ms later: answered 200', elsewhere: true },
    ]);
    expect(retryPackets(retries, 30, 4.9e9)).toEqual([]);
    expect(firstRetryText(NO_RETRIES)).toBe('');
  });
});
