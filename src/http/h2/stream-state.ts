/**
 * How far a stream has come, as somebody sees it who listens to both sides. RFC 9113 §5.1.
 *
 * An endpoint knows what it sent itself and waits for the rest; a listener sees each side begin and
 * end its message, in either order, since the directions are decoded apart. What is absent breaks
 * the protocol: a message goes on behind its end.
 */
import type { H2StreamState } from '../../facts/h2.js';

/** What is said on a stream: `request` and `response` begin, each side ends, the stream is reset. */
export type StreamInput = 'request' | 'response' | 'client-end' | 'server-end' | 'reset';

/** The state behind each input. */
export const NEXT: Readonly<Record<H2StreamState, Partial<Record<StreamInput, H2StreamState>>>> = {
  // §8.4: a promised stream is half-closed for the client from the start.
  reserved: { response: 'client-done', 'server-end': 'closed', reset: 'closed' },
  open: {
    request: 'open',
    response: 'open',
    'client-end': 'client-done',
    'server-end': 'server-done',
    reset: 'closed',
  },
  'client-done': { response: 'client-done', 'server-end': 'closed', reset: 'closed' },
  // The answer may be over before the request is, and before it was decoded.
  'server-done': { request: 'server-done', 'client-end': 'closed', reset: 'closed' },
  closed: {},
};
