/**
 * What the authors of own rules may rely on (docs/own-rules.md): the package's `pcapdx/rule`.
 *
 * The types of a rule and of the facts that it is shown, and the few functions by which the rules
 * of the catalogue argue and keep what they count within bounds.
 */
export type { Anomaly } from '../../facts/anomaly.js';
export type { CaptureFacts } from '../../facts/capture.js';
export type { Close, CloseSegment } from '../../facts/close.js';
export type { Connection, IdlePeriod, SideFacts } from '../../facts/connection.js';
export type { Endpoint, Side } from '../../facts/endpoint.js';
export type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
export type { Evidence, Hypothesis, RawFinding, Remedy, Subject } from '../../facts/finding.js';
export type { H2Connection, H2Exchange } from '../../facts/h2.js';
export type { Handshake } from '../../facts/handshake.js';
export type { PacketReference } from '../../facts/packet-reference.js';
export type { TlsFacts } from '../../facts/tls.js';
export type { WebSocketFacts } from '../../facts/websocket.js';
export { type Cause, type Causes, claim, openSince, ruledOutBy, supportedBy, weigh } from '../argument/cause.js';
export { type Conclusion, defineRule, type Rule, type RuleMeta } from '../rule.js';
export { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
export { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';
