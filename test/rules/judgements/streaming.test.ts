import { describe, expect, it } from 'vitest';
import { type Streaming, silentNs, streamingOf } from '../../../src/rules/judgements/streaming.js';
import { exchange, field, request, response } from '../../findings/connections.js';

describe('an exchange that takes its time by design', () => {
  const typed = (type: string) => exchange({ response: response({ fields: [field('content-type', type)] }) });

  it.each<[string, Streaming | null]>([
    ['text/event-stream', 'event-stream'],
    ['Text/Event-Stream; charset=utf-8', 'event-stream'],
    ['application/grpc', 'grpc'],
    ['application/grpc+proto', 'grpc'],
    ['application/json', null],
    ['text/event-stream-not', null],
  ])('%s: %s', (type, expected) => {
    expect(streamingOf(typed(type))).toBe(expected);
  });

  it.each<[string, Streaming | null]>([
    ['/socket.io/?EIO=4&transport=polling&t=1', 'long-poll'],
    ['/echo/123/abc/xhr', 'long-poll'],
    ['/db/_changes?feed=longpoll', 'long-poll'],
    ['/api/v1/pods?watch=true', 'long-poll'],
    ['/v1/health/service/web?index=5&wait=30s', 'long-poll'],
    ['/socket.io/?EIO=4&transport=websocket', null],
    ['/watch', null],
    ['/chat/poll?channel=7', 'long-poll'],
    ['/longpolling/poll', 'long-poll'],
    ['/polls/7/vote', null],
    ['/pollution', null],
    ['/orders?waiter=7', null],
  ])('%s: %s', (target, expected) => {
    expect(streamingOf(exchange({ request: request({ target }), response: null }))).toBe(expected);
  });

  it('a gRPC call is known before it is answered', () => {
    const asked = request({ fields: [field('content-type', 'application/grpc')] });
    expect(streamingOf(exchange({ request: asked, response: null }))).toBe('grpc');
  });

  it('a tunnel is one', () => {
    expect(streamingOf(exchange({ response: response({ framing: 'tunnel', status: 101 }) }))).toBe('tunnel');
  });
});

describe('how long an unfinished response had been silent', () => {
  const unfinished = response({ complete: false, endNs: 3e9 });

  it('is told of one that should go on', () => {
    expect(silentNs(exchange({ response: unfinished }), 10e9)).toBe(7e9);
  });

  it('is nothing of one that is complete, has not begun, or waits by design', () => {
    expect(silentNs(exchange(), 10e9)).toBeNull();
    expect(silentNs(exchange({ response: null }), 10e9)).toBeNull();
    const events = { ...unfinished, fields: [field('content-type', 'text/event-stream')] };
    expect(silentNs(exchange({ response: events }), 10e9)).toBeNull();
  });
});
