import { describe, expect, it } from 'vitest';
import type { H2StreamState } from '../../../src/facts/h2.js';
import { NEXT, type StreamInput } from '../../../src/http/h2/stream-state.js';

const STATES: readonly H2StreamState[] = ['reserved', 'open', 'client-done', 'server-done', 'closed'];
const INPUTS: readonly StreamInput[] = ['request', 'response', 'client-end', 'server-end', 'reset'];

/** RFC 9113 §5.1 read as rules about who may still speak, apart from the table. */
function expected(state: H2StreamState, input: StreamInput): H2StreamState | undefined {
  if (state === 'closed') return undefined;
  if (input === 'reset') return 'closed';
  const clientSpeaks = state === 'open' || state === 'server-done';
  const serverSpeaks = state !== 'server-done';
  if (input === 'request') return clientSpeaks ? state : undefined;
  if (input === 'response') {
    if (!serverSpeaks) return undefined;
    return state === 'reserved' ? 'client-done' : state;
  }
  if (input === 'client-end') {
    if (!clientSpeaks) return undefined;
    return serverSpeaks ? 'client-done' : 'closed';
  }
  if (!serverSpeaks) return undefined;
  return clientSpeaks ? 'server-done' : 'closed';
}

describe('RFC 9113 §5.1: the states of a stream', () => {
  it.each(STATES.flatMap((state) => INPUTS.map((input) => [state, input] as const)))('%s, %s', (state, input) => {
    expect(NEXT[state][input]).toBe(expected(state, input));
  });
});
