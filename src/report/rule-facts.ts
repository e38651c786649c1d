/**
 * The figures that rules put into `facts`, as schemas: one file per rule, listed here by its id. Loaded
 * with schema.ts only. A rule that is not listed has an open object.
 */
import type { z } from 'zod';
import { acceptQueueOverflowFacts } from './rule-facts/accept-queue-overflow.js';
import { asymmetricPathFacts } from './rule-facts/asymmetric-path.js';
import { captureQualityFacts } from './rule-facts/capture-quality.js';
import { clientAbortFacts } from './rule-facts/client-abort.js';
import { connectRefusedFacts } from './rule-facts/connect-refused.js';
import { connectTimeoutFacts } from './rule-facts/connect-timeout.js';
import { crossSniReuseFacts } from './rule-facts/cross-sni-reuse.js';
import { deployDrainFacts } from './rule-facts/deploy-drain.js';
import { earlyResponseResetFacts } from './rule-facts/early-response-reset.js';
import { emptyResponseFacts } from './rule-facts/empty-response.js';
import { expectContinueStallFacts } from './rule-facts/expect-continue-stall.js';
import { framingAmbiguityFacts } from './rule-facts/framing-ambiguity.js';
import { gatewayCutFacts } from './rule-facts/gateway-cut.js';
import { gatewayUnaskedFacts } from './rule-facts/gateway-unasked.js';
import { h2GoawayRaceFacts } from './rule-facts/h2-goaway-race.js';
import { h2WindowStallFacts } from './rule-facts/h2-window-stall.js';
import { headerTooLargeFacts } from './rule-facts/header-too-large.js';
import { idleDropFacts } from './rule-facts/idle-drop.js';
import { keepaliveRaceFacts } from './rule-facts/keepalive-race.js';
import { mtuBlackholeFacts } from './rule-facts/mtu-blackhole.js';
import { noUpstreamReuseFacts } from './rule-facts/no-upstream-reuse.js';
import { pathLossFacts } from './rule-facts/path-loss.js';
import { preconnect408Facts } from './rule-facts/preconnect-408.js';
import { protocolMismatchFacts } from './rule-facts/protocol-mismatch.js';
import { proxyHeaderLeakFacts } from './rule-facts/proxy-header-leak.js';
import { redirectLoopFacts } from './rule-facts/redirect-loop.js';
import { reverseHttpFacts } from './rule-facts/reverse-http.js';
import { rstAfterRequestFacts } from './rule-facts/rst-after-request.js';
import { slowResponseFacts } from './rule-facts/slow-response.js';
import { streamResetFacts } from './rule-facts/stream-reset.js';
import { tlsHandshakeFailureFacts } from './rule-facts/tls-handshake-failure.js';
import { tlsOffloadLeakFacts } from './rule-facts/tls-offload-leak.js';
import { truncatedResponseFacts } from './rule-facts/truncated-response.js';
import { websocketCloseCodeFacts } from './rule-facts/websocket-close-code.js';
import { websocketCutFacts } from './rule-facts/websocket-cut.js';
import { websocketIdleCloseFacts } from './rule-facts/websocket-idle-close.js';
import { websocketUpgradeFailedFacts } from './rule-facts/websocket-upgrade-failed.js';
import { zeroWindowStallFacts } from './rule-facts/zero-window-stall.js';

/** In order of the alphabet. */
export const RULE_FACTS = {
  'accept-queue-overflow': acceptQueueOverflowFacts,
  'asymmetric-path': asymmetricPathFacts,
  'capture-quality': captureQualityFacts,
  'client-abort': clientAbortFacts,
  'connect-refused': connectRefusedFacts,
  'connect-timeout': connectTimeoutFacts,
  'cross-sni-reuse': crossSniReuseFacts,
  'deploy-drain': deployDrainFacts,
  'early-response-reset': earlyResponseResetFacts,
  'empty-response': emptyResponseFacts,
  'expect-continue-stall': expectContinueStallFacts,
  'framing-ambiguity': framingAmbiguityFacts,
  'gateway-cut': gatewayCutFacts,
  'gateway-unasked': gatewayUnaskedFacts,
  'h2-goaway-race': h2GoawayRaceFacts,
  'header-too-large': headerTooLargeFacts,
  'idle-drop': idleDropFacts,
  'keepalive-race': keepaliveRaceFacts,
  'mtu-blackhole': mtuBlackholeFacts,
  'no-upstream-reuse': noUpstreamReuseFacts,
  'path-loss': pathLossFacts,
  'preconnect-408': preconnect408Facts,
  'protocol-mismatch': protocolMismatchFacts,
  'proxy-header-leak': proxyHeaderLeakFacts,
  'redirect-loop': redirectLoopFacts,
  'reverse-http': reverseHttpFacts,
  'rst-after-request': rstAfterRequestFacts,
  'slow-response': slowResponseFacts,
  'h2-window-stall': h2WindowStallFacts,
  'stream-reset': streamResetFacts,
  'tls-handshake-failure': tlsHandshakeFailureFacts,
  'tls-offload-leak': tlsOffloadLeakFacts,
  'truncated-response': truncatedResponseFacts,
  'websocket-close-code': websocketCloseCodeFacts,
  'websocket-cut': websocketCutFacts,
  'websocket-idle-close': websocketIdleCloseFacts,
  'websocket-upgrade-failed': websocketUpgradeFailedFacts,
  'zero-window-stall': zeroWindowStallFacts,
} as const satisfies Readonly<Record<string, z.ZodObject>>;
