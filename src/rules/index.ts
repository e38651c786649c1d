/**
 * The rules. Takes one finished connection's facts at a time; gives raw findings; may use facts
 * and text; may not see bytes, files, the clock or each other.
 */

import { acceptQueueOverflow } from './accept-queue-overflow.js';
import { asymmetricPath } from './asymmetric-path.js';
import { captureQuality } from './capture-quality.js';
import { clientAbort } from './client-abort.js';
import { connectRefused } from './connect-refused.js';
import { connectTimeout } from './connect-timeout.js';
import { crossSniReuse } from './cross-sni-reuse.js';
import { deployDrain } from './deploy-drain.js';
import { earlyResponseReset } from './early-response-reset.js';
import { emptyResponse } from './empty-response.js';
import { expectContinueStall } from './expect-continue-stall.js';
import { framingAmbiguity } from './framing-ambiguity.js';
import { gatewayCut } from './gateway-cut.js';
import { gatewayUnasked } from './gateway-unasked.js';
import { h2GoawayRace } from './h2-goaway-race.js';
import { h2WindowStall } from './h2-window-stall.js';
import { headerTooLarge } from './header-too-large.js';
import { idleDrop } from './idle-drop.js';
import { keepaliveRace } from './keepalive-race.js';
import { mtuBlackhole } from './mtu-blackhole.js';
import { noUpstreamReuse } from './no-upstream-reuse.js';
import { pathLoss } from './path-loss.js';
import { preconnect408 } from './preconnect-408.js';
import { protocolMismatch } from './protocol-mismatch.js';
import { proxyHeaderLeak } from './proxy-header-leak.js';
import { redirectLoop } from './redirect-loop.js';
import { reverseHttp } from './reverse-http.js';
import { rstAfterRequest } from './rst-after-request.js';
import type { Rule } from './rule.js';
import { slowResponse } from './slow-response.js';
import { streamReset } from './stream-reset.js';
import { tlsHandshakeFailure } from './tls-handshake-failure.js';
import { tlsOffloadLeak } from './tls-offload-leak.js';
import { truncatedResponse } from './truncated-response.js';
import { websocketCloseCode } from './websocket-close-code.js';
import { websocketCut } from './websocket-cut.js';
import { websocketIdleClose } from './websocket-idle-close.js';
import { websocketUpgradeFailed } from './websocket-upgrade-failed.js';
import { zeroWindowStall } from './zero-window-stall.js';

/** All rules, in the order in which they are listed and run. */
export const RULES: readonly Rule<unknown>[] = [
  keepaliveRace,
  rstAfterRequest,
  emptyResponse,
  gatewayCut,
  gatewayUnasked,
  crossSniReuse,
  preconnect408,
  websocketUpgradeFailed,
  websocketIdleClose,
  websocketCut,
  websocketCloseCode,
  connectRefused,
  slowResponse,
  tlsOffloadLeak,
  connectTimeout,
  redirectLoop,
  proxyHeaderLeak,
  asymmetricPath,
  tlsHandshakeFailure,
  reverseHttp,
  h2GoawayRace,
  streamReset,
  truncatedResponse,
  clientAbort,
  deployDrain,
  framingAmbiguity,
  headerTooLarge,
  expectContinueStall,
  earlyResponseReset,
  zeroWindowStall,
  h2WindowStall,
  pathLoss,
  mtuBlackhole,
  idleDrop,
  protocolMismatch,
  acceptQueueOverflow,
  noUpstreamReuse,
  captureQuality,
];
