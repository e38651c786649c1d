import { describe, expect, it } from 'vitest';
import { MAX_LATE_TURNS } from '../../src/facts/tls.js';
import { Turns } from '../../src/tls/turns.js';

const SECOND = 1e9;
const HTTP1 = false;
const MAYBE_H2 = true;

/** `c500@2`: a client record of 500 bytes at two seconds, in packet 2 (times 10). */
function turnsOf(script: string, mayBeH2 = HTTP1) {
  const turns = new Turns();
  for (const [, side, length, at] of script.matchAll(/([cs])(\d+)@([\d.]+)/g)) {
    const take = side === 'c' ? turns.client.bind(turns) : turns.server.bind(turns);
    take(Number(length), Math.round(Number(at) * 10), Number(at) * SECOND, mayBeH2);
  }
  return turns;
}

describe('who asks and who answers', () => {
  it('is a turn for each time that the client speaks after the server has', () => {
    const facts = turnsOf('c200@0 c900@0.1 s300@0.2 s700@0.3 c150@1 s90@3').facts();
    expect(facts).toMatchObject({ count: 2, prompt: 1, lastPrompt: { packet: 2 }, lateCount: 1, mayBePreface: false });
    expect(facts?.last).toEqual({
      ...{ firstPacket: 10, startNs: SECOND, lastPacket: 10, endNs: SECOND, bytes: 150 },
      answer: { records: 1, bytes: 90, firstPacket: 30, startNs: 3 * SECOND, lastPacket: 30, endNs: 3 * SECOND },
    });
    expect(facts?.late.map(({ firstPacket }) => firstPacket)).toEqual([10]);
  });

  it('keeps the first late turns, and counts them all', () => {
    const script = Array.from({ length: 40 }, (_, at) => `c200@${10 * at} s300@${10 * at + 2}`).join(' ');
    const facts = turnsOf(script).facts();
    expect([facts?.late.length, facts?.lateCount, facts?.prompt]).toEqual([MAX_LATE_TURNS, 40, 0]);
  });

  it('is nothing where short records alone were sent, or only the server spoke', () => {
    expect(turnsOf('c30@0 c60@1 s3000@2').facts()).toBeNull();
    expect(new Turns().facts()).toBeNull();
  });

  it('a turn without an answer is the last', () => {
    expect(turnsOf('c200@0 s300@0.1 c400@5').facts()?.last).toMatchObject({ firstPacket: 50, answer: null });
  });

  it('tells a side that goes on by itself', () => {
    expect(turnsOf('c200@0 s300@0.1 s300@0.7 s300@0.8 s30@1.4').facts()?.wentOn).toEqual({ client: 0, server: 2 });
    expect(turnsOf('c200@0 c300@0.4 c300@1').facts()?.wentOn).toEqual({ client: 1, server: 0 });
  });
});

describe('where HTTP/2 may be spoken', () => {
  it('the first record may be a preface, which a greeting meets', () => {
    expect(turnsOf('c182@0 s58@0.1 s26@0.1', MAYBE_H2).facts()).toBeNull();
    expect(turnsOf('c182@0', MAYBE_H2).facts()).toMatchObject({ count: 1, mayBePreface: true });
  });

  it('with another before the greeting it asks, and the greeting is no answer', () => {
    const facts = turnsOf('c182@0 c240@0 s58@0.1 s26@0.1', MAYBE_H2).facts();
    expect(facts).toMatchObject({ count: 1, mayBePreface: false, last: { answer: null, bytes: 422 } });
    expect(turnsOf('c182@0 c240@0 s58@0.1 s900@0.2', MAYBE_H2).facts()?.last.answer?.bytes).toBe(900);
  });

  it('the turn after the greeting is the first', () => {
    const facts = turnsOf('c182@0 s58@0.1 c240@1 s900@1.1 c200@2', MAYBE_H2).facts();
    expect(facts).toMatchObject({ count: 2, prompt: 1, last: { firstPacket: 20, answer: null } });
  });
});

describe('what was taken for the first answer', () => {
  it.each([
    [HTTP1, 'c200@0 s250@0.1'],
    [MAYBE_H2, 'c182@0 s250@0.1'],
    [MAYBE_H2, 'c182@0 c240@0 s250@0.1'],
  ])('may be withdrawn: HTTP/2 %s, %s', (mayBeH2, script) => {
    const turns = turnsOf(script, mayBeH2);
    expect(turns.isFirstAnswer).toBe(true);
    turns.withdrawAnswer();
    expect(turns.isFirstAnswer).toBe(false);
    expect(turns.facts()).toMatchObject({ count: 1, prompt: 0, last: { answer: null } });
  });

  it('is none once the client has gone on, or a second record has come', () => {
    expect(turnsOf('c200@0 s250@0.1 c200@0.2').isFirstAnswer).toBe(false);
    expect(turnsOf('c200@0 s250@0.1 s250@0.1').isFirstAnswer).toBe(false);
    expect(turnsOf('c200@0 s250@0.1 c200@0.2 s250@0.3').isFirstAnswer).toBe(false);
  });
});
