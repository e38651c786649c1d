import type { Connection } from '../../src/facts/connection.js';
import { redirectLoop } from '../../src/rules/redirect-loop.js';
import { tlsFacts } from '../findings/connections.js';
import { answer, type ConnectionOptions, connection, fieldsOf, get, handshake, type Step } from './facts.js';
import { testRule } from './test-rule.js';

const SELF = 'https://dash.example/dashboard';
const PROXIED = { 'x-forwarded-for': '203.0.113.7' };

interface LoopOptions {
  readonly turns?: number;
  /** Microseconds between a request and the next. */
  readonly period?: number;
  readonly request?: Readonly<Record<string, string>>;
  readonly response?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly status?: number;
}

/** Requests one behind the other on one connection, each redirected to `location`. */
function loop(location: string, options: LoopOptions = {}, made: ConnectionOptions = {}): Connection {
  const { turns = 3, period = 20_000, request = {}, response = {}, method = 'GET', status = 302 } = options;
  const front = made.server !== undefined;
  const steps: Step[] = [];
  for (let at = 0; at < turns; at += 1)
    steps.push(
      get(1500 + at * period - (front ? 500 : 0), '/dashboard', {
        method,
        authority: 'dash.example',
        fields: fieldsOf(request),
      }),
      answer(3000 + at * period + (front ? 500 : 0), status, 200, { fields: fieldsOf({ location, ...response }) }),
    );
  return connection([...handshake(), ...steps], made);
}

/** A visitor that is given a cookie, and may come again with it. */
function checked(at: number, comesAgain: boolean): Connection {
  const fields = fieldsOf({ location: '/dashboard', 'set-cookie': 'check=…' });
  const asked = (from: number): Step => get(from, '/dashboard', { authority: 'dash.example' });
  const steps = [asked(1500), answer(3000, 302, 200, { fields })];
  if (comesAgain) steps.push(asked(4000), answer(5000, 200));
  return connection([...handshake(), ...steps], {
    ...{ stream: at, firstPacket: 1 + at * 20, clientPort: 40_000 + at, beginsAt: at * 30_000 },
  });
}

/** The leg in front, which is TLS. */
function inFront(location: string, options: LoopOptions = {}): Connection {
  const made = { stream: 1, firstPacket: 101, server: '10.0.0.49', serverPort: 443, client: '203.0.113.7' };
  return { ...loop(location, options, made), tls: tlsFacts() };
}

const THREE = { subject: '10.0.1.43:80', occurrences: 3, severity: 'critical', confidence: 'certain' } as const;

testRule(redirectLoop, {
  fires: [
    {
      name: 'the application is not told of https',
      capture: 'samples/redirect-loop.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 30,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'header-not-sent': 'supported',
        'header-ignored': 'ruled-out',
        'header-overwritten': 'ruled-out',
        'scheme-ping-pong': 'ruled-out',
        'cookie-not-kept': 'ruled-out',
      },
      marks: ['the application redirects to the https URL that was asked for'],
    },
    {
      ...THREE,
      name: 'three turns, and the leg in front is TLS',
      facts: [loop(SELF), inFront(SELF)],
      verdicts: { 'header-not-sent': 'supported' },
      packets: [4, 5, 8, 9],
    },
    {
      ...THREE,
      name: 'twenty turns, of more than are kept in front: what is known of the first is enough',
      facts: [loop(SELF, { turns: 20, request: PROXIED }), inFront(SELF, { turns: 20 })],
      occurrences: 20,
      verdicts: { 'header-not-sent': 'supported' },
    },
    {
      ...THREE,
      name: 'the proxy says https, and nobody heeds it',
      facts: loop(SELF, { request: { ...PROXIED, 'x-forwarded-proto': 'https' } }),
      verdicts: { 'header-ignored': 'supported', 'header-not-sent': 'ruled-out' },
    },
    {
      ...THREE,
      name: 'the proxy says http of a client that is on https',
      facts: [loop(SELF, { request: { ...PROXIED, 'x-forwarded-proto': 'http' } }), inFront(SELF)],
      verdicts: { 'header-overwritten': 'supported', 'header-not-sent': 'ruled-out' },
    },
    {
      ...THREE,
      name: 'https is sent to http',
      subject: '10.0.0.49:443',
      facts: inFront('http://dash.example/dashboard'),
      verdicts: { 'scheme-ping-pong': 'supported', 'header-not-sent': 'ruled-out', 'header-ignored': 'open' },
    },
    {
      ...THREE,
      name: 'a relative reference to itself',
      facts: loop('/dashboard'),
      verdicts: { 'header-not-sent': 'ruled-out' },
    },
    {
      ...THREE,
      name: 'a cookie is set five times, by a server that closes after each answer',
      facts: [0, 1, 2, 3, 4].map((at) =>
        loop(
          '/dashboard',
          { turns: 1, response: { 'set-cookie': 'check=…', connection: 'close' } },
          { stream: at, firstPacket: 1 + at * 20, clientPort: 40_000 + at, beginsAt: at * 30_000 },
        ),
      ),
      occurrences: 5,
      verdicts: { 'cookie-not-kept': 'supported' },
    },
    {
      ...THREE,
      name: 'a cookie is set five times',
      facts: loop('/dashboard', { turns: 5, response: { 'set-cookie': 'check=…' } }),
      occurrences: 5,
      verdicts: { 'cookie-not-kept': 'supported' },
    },
    {
      ...THREE,
      name: 'through a proxy five times, its leg in front not captured',
      facts: loop(SELF, { turns: 5, request: PROXIED }),
      occurrences: 5,
      confidence: 'likely',
      verdicts: { 'header-not-sent': 'supported', 'header-overwritten': 'ruled-out' },
    },
  ],
  silent: [
    {
      name: 'six visitors without a cookie are sent to where they are, with one, and are answered',
      lookAlike: 'cookie-check',
      facts: [0, 1, 2, 3, 4, 5].map((at) => checked(at, true)),
    },
    {
      name: 'six pollers that do not follow, each on a connection of its own',
      lookAlike: 'cookie-check',
      facts: [0, 1, 2, 3, 4, 5].map((at) => checked(at, false)),
    },
    { name: 'the application is told', capture: 'samples/redirect-loop-healthy.pcapng' },
    { name: 'visitors of port 80 go on to https', capture: 'samples/tls-offload-healthy.pcapng' },
    {
      name: 'somebody asks port 80 ten times and does not follow',
      lookAlike: 'http-to-https',
      facts: loop(SELF, { turns: 10 }),
    },
    {
      name: 'a monitor asks each five seconds',
      lookAlike: 'asked-anew',
      facts: loop('/dashboard', { turns: 6, period: 5_000_000 }),
    },
    {
      name: 'a form is sent, and shown again',
      lookAlike: 'post-redirect-get',
      facts: loop('/dashboard', { turns: 5, method: 'POST', status: 303 }),
    },
    {
      name: 'a cookie is tried',
      lookAlike: 'cookie-check',
      facts: loop('/dashboard', { turns: 3, response: { 'set-cookie': 'check=…' } }),
    },
    {
      name: 'to the login',
      lookAlike: 'other-url',
      facts: loop('https://dash.example/login', { turns: 6, request: PROXIED }),
    },
    { name: 'to another port', facts: loop('https://dash.example:8443/dashboard', { turns: 6, request: PROXIED }) },
  ],
  cannotTell: [
    {
      name: 'the answers were not seen',
      facts: connection([...handshake(), get(1500, '/dashboard'), get(3000, '/dashboard'), get(5000, '/dashboard')]),
    },
  ],
});
