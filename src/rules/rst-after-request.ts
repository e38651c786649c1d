/**
 * The server answers a request with RST and not one byte of a response (RFC 9293 §3.5.2).
 *
 * The reset is easy to see; the question is who wrote it. What a single connection shows is
 * decided when it ends: the signature (incident.ts), the reset's shape and the forgery tests.
 * Incidents of one server that agree in all of it are counted together as a *class*. What needs
 * other connections (capture point, what the server did next, what answered requests have that
 * failed ones lack, retries) is decided once, at the end, from tallies that do not depend on the
 * order of reading. Classes with the same writer are one finding: a forged reset and an abort at
 * one server are two.
 */
import type { Connection } from '../facts/connection.js';
import { type RawFinding, type Confidence, CONFIDENCES, type Hypothesis, MAX_EVIDENCE, type Severity } from '../facts/finding.js';
import { guardSteps, lowered, silenceIsUnsayable } from './judgements/capture-guards.js';
import { type CapturePoint, captureVoteOf, decideCapturePoint, farRoundTripNs } from './judgements/capture-point.js';
import { type Attributes, attributesOf, discriminatingAttribute, sharedAttributes } from './judgements/discriminating-attribute.js';
import { type ForgeryContext, type ForgeryInput, forgeryTests, forgeryVerdict, forgerPlace, hopsOf } from './judgements/forgery.js';
import { isHealthCheck } from './judgements/health-check.js';
import { type ResetShape, resetShapeOf } from './judgements/reset-shape.js';
import { retryOutcome } from './judgements/retries.js';
import { type Case, type ResetKind, type RstAfterRequestFacts, SOON_NS, type Spread } from './rst-after-request/case.js';
import { hypothesesOf } from './rst-after-request/causes.js';
import { type Incident, incidentOf } from './rst-after-request/incident.js';
import { META } from './rst-after-request/meta.js';
import { remediesOf } from './rst-after-request/remedies.js';
import { testText } from './rst-after-request/test-text.js';
import { evidenceOf, summaryOf, titleOf } from './rst-after-request/wording.js';
import { type Conclusion, defineRule } from './rule.js';
import { nextActivity, noteActivity } from './tally/activity.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from './tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, mergeEarliest } from './tally/earliest.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from './tally/per-server.js';
import { rankOfText } from './tally/rank.js';
import { mergeRequests, noteRequest, type RecentRequests, recentRequests, requestKey, triesOf } from './tally/recent-requests.js';
import { addToSample, isSampled, mergeSample, type Sample, sample } from './tally/sample.js';
import { mergeBaseline, noteAnswerTime, noteBadRequest, noteValue, type ServerBaseline, serverBaseline } from './tally/server-baseline.js';
