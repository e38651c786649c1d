import type { Anomaly } from '../../src/facts/anomaly.js';
import { framingAmbiguity } from '../../src/rules/framing-ambiguity.js';
import { type ConnectionOptions, healthy } from './facts.js';
import { testRule } from './test-rule.js';

const odd = (name: string, from: Anomaly['from'] = 'client', options: ConnectionOptions = {}) =>
  healthy({ ...options, anomalies: [{ name, from, packet: 4, count: 1 }] });

const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'notice', confidence: 'certain' } as const;

testRule(framingAmbiguity, {
  fires: [
    {
      ...ONE,
      name: 'a request has two lengths',
      facts: odd('http1-content-length-with-transfer-encoding'),
      verdicts: { 'two-lengths': 'supported', 'wrong-length': 'ruled-out', 'loose-syntax': 'ruled-out' },
      packets: [4],
    },
    {
      ...ONE,
      name: 'data of HTTP/2 has another length',
      facts: odd('h2-content-length-mismatch', 'server'),
      verdicts: { 'wrong-length': 'supported', 'two-lengths': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a line ends with LF alone',
      facts: odd('http1-bare-lf'),
      verdicts: { 'loose-syntax': 'supported' },
    },
    {
      ...ONE,
      name: 'a CR stands amid a line',
      facts: odd('http1-bare-cr'),
      verdicts: { 'loose-syntax': 'supported' },
    },
  ],
  silent: [
    { name: 'a healthy download', capture: 'samples/healthy-no-body.pcapng' },
    { name: 'the same length twice', lookAlike: 'repeated-length', facts: odd('http1-repeated-content-length') },
    {
      name: 'bytes of the client were lost',
      lookAlike: 'lost-bytes',
      facts: odd('h2-content-length-mismatch', 'client', { clientFacts: { lostBytes: 100 } }),
    },
    { name: 'another control character', facts: odd('http1-control-character') },
    { name: 'a field name that is no token', facts: odd('http1-malformed-field-name') },
    { name: 'a head that is too large', lookAlike: 'other-oddities', facts: odd('http1-head-too-large') },
  ],
  cannotTell: [{ name: 'nothing was remarked', facts: healthy() }],
});
