import { describe, expect, it } from 'vitest';
import {
  answerOf,
  answerText,
  answerTexts,
  isSaid,
  isSure,
  isTelling,
} from '../../../src/rules/protocol-mismatch/answer.js';

describe('what a server answers to another protocol than its own', () => {
  it('is named with its status, where that is told', () => {
    expect(answerText(answerOf('http1', 426))).toBe('HTTP/1 in clear, 426');
    expect(answerText(answerOf('tls-alert'))).toBe('a TLS alert');
  });

  it('is told once, with its status, where that was read of some of several', () => {
    const answers = [answerOf('http1'), answerOf('http1', 400), answerOf('fin'), answerOf('http1', 400)];
    expect(answerTexts(answers)).toEqual(['FIN without a byte', 'HTTP/1 in clear, 400']);
    expect(answerTexts([answerOf('http1')])).toEqual(['HTTP/1 in clear']);
  });

  it('tells nothing where it is a close alone', () => {
    for (const kind of ['fin', 'rst'] as const) {
      expect(isSaid(answerOf(kind))).toBe(false);
      expect(isTelling(answerOf(kind))).toBe(false);
    }
  });

  it('tells what the server speaks, but for a 400 that has many reasons', () => {
    expect(isTelling(answerOf('refused'))).toBe(false);
    for (const kind of ['demanded', 'handed-on', 'http1', 'http2', 'tls-alert', 'tls-handshake'] as const)
      expect(isTelling(answerOf(kind))).toBe(true);
  });

  it('is the server’s own word, but for what may be handed on', () => {
    expect(isSure(answerOf('demanded'))).toBe(true);
    expect(isSure(answerOf('handed-on'))).toBe(false);
    expect(isSure(answerOf('refused'))).toBe(false);
  });
});
