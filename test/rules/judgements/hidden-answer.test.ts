import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { mayHideAnswer } from '../../../src/rules/judgements/hidden-answer.js';
import { healthy } from '../facts.js';

describe('bytes of the server that nobody could read', () => {
  const REQUEST = { startNs: 5_000_000_000 };
  const facts = (unread: number, snapped: boolean, spokeNs: number | null): Connection => {
    const whole = healthy();
    return {
      ...whole,
      undecodedBytes: { client: 0, server: unread },
      guards: { ...whole.guards, snapped },
      server: { ...whole.server, lastPayloadNs: spokeNs },
    };
  };

  it('may be an answer, where nothing was cut', () => {
    expect(mayHideAnswer(facts(300, false, 1_000_000_000), REQUEST)).toBe(true);
  });

  it('are the rest of a body that was cut, where all came before the request', () => {
    expect(mayHideAnswer(facts(300, true, 1_000_000_000), REQUEST)).toBe(false);
  });

  it('may be an answer, where some came after the request', () => {
    expect(mayHideAnswer(facts(300, true, 5_000_000_001), REQUEST)).toBe(true);
    expect(mayHideAnswer(facts(300, true, null), REQUEST)).toBe(true);
  });

  it('hide nothing where there are none', () => {
    expect(mayHideAnswer(facts(0, false, 6_000_000_000), REQUEST)).toBe(false);
  });
});
