/**
 * Each failing sample gets the diagnosis that its row in samples/README.md asks for: the rule, the
 * server, and the cause that leads, borne out by packets, with something to paste. Each healthy one
 * gets nothing that would wake anybody.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Confidence, Finding } from '../../src/facts/finding.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { RULES } from '../../src/rules/index.js';
import { endpointText } from '../../src/text/address.js';
import { allScenarios, SAMPLES } from './scenarios.js';

interface Diagnosis {
  readonly rule: string;
  readonly server: string;
  /** What leads among the causes; `null`: nothing fails, so there is no cause to weigh. */
  readonly cause: string | null;
  /** `certain` where not given. */
  readonly confidence?: Confidence;
}

/** What the rows say, sample by sample; of one that is not here yet, the rule that its row names must come to a cause. */
const DIAGNOSES: Readonly<Record<string, readonly Diagnosis[]>> = {
  'grpc-nginx.pcapng': [{ rule: 'deploy-drain', server: '10.0.1.43:8080', cause: 'restarted' }],
  'grpc-haproxy.pcapng': [
    { rule: 'deploy-drain', server: '10.0.1.43:8080', cause: 'restarted' },
    { rule: 'stream-reset', server: '10.0.0.49:8080', cause: 'upstream-failure' },
  ],
  'no-upstream-reuse-nginx.pcapng': [
    { rule: 'no-upstream-reuse', server: '10.0.1.43:8084', cause: 'proxy-says-close' },
  ],
  'no-upstream-reuse-haproxy.pcapng': [
    { rule: 'no-upstream-reuse', server: '10.0.1.43:8084', cause: 'proxy-says-close' },
  ],
  'no-upstream-reuse-server.pcapng': [
    { rule: 'no-upstream-reuse', server: '10.0.1.43:8083', cause: 'server-says-close' },
  ],
  'gateway-unasked-check.pcapng': [
    { rule: 'gateway-unasked', server: '10.0.0.49:80', cause: 'no-server-alive', confidence: 'likely' },
  ],
  'gateway-unasked-queue.pcapng': [
    { rule: 'gateway-unasked', server: '10.0.0.49:80', cause: 'queue-timed-out', confidence: 'likely' },
  ],
  'gateway-unasked-limit.pcapng': [
    { rule: 'gateway-unasked', server: '10.0.0.49:80', cause: 'own-rule', confidence: 'likely' },
  ],
  'gateway-cut-php-fpm.pcapng': [{ rule: 'gateway-cut', server: '10.0.1.43:9000', cause: 'worker-ended' }],
  'h2-window-stall-upload.pcapng': [
    { rule: 'h2-window-stall', server: '10.0.1.43:8080', cause: 'server-does-not-read', confidence: 'likely' },
  ],
  'h2-window-stall-unread.pcapng': [
    { rule: 'h2-window-stall', server: '10.0.0.49:8080', cause: 'client-does-not-read', confidence: 'likely' },
  ],
  'zero-window-stall-nginx.pcapng': [
    { rule: 'zero-window-stall', server: '10.0.1.43:8080', cause: 'server-does-not-read' },
  ],
  'zero-window-stall-haproxy.pcapng': [
    { rule: 'zero-window-stall', server: '10.0.1.43:8080', cause: 'server-does-not-read' },
  ],
  'zero-window-stall-download.pcapng': [
    { rule: 'zero-window-stall', server: '10.0.0.49:80', cause: 'client-does-not-read' },
  ],
  'zero-window-stall-download-client.pcapng': [
    { rule: 'zero-window-stall', server: '10.0.0.49:80', cause: 'client-does-not-read' },
  ],
  'encrypted-empty-response.pcapng': [{ rule: 'empty-response', server: '10.0.0.49:443', cause: 'process-ended' }],
  'encrypted-rst-after-request.pcapng': [{ rule: 'rst-after-request', server: '10.0.0.49:443', cause: 'process-dead' }],
  'encrypted-slow-response.pcapng': [{ rule: 'slow-response', server: '10.0.0.49:443', cause: 'works-long' }],
  'encrypted-truncated-response.pcapng': [
    { rule: 'truncated-response', server: '10.0.0.49:443', cause: 'sender-ended' },
  ],
  'accept-queue-overflow-apache.pcapng': [
    { rule: 'accept-queue-overflow', server: '10.0.0.49:80', cause: 'queue-full' },
  ],
  'accept-queue-overflow-haproxy-client.pcapng': [
    { rule: 'accept-queue-overflow', server: '10.0.0.49:80', cause: 'queue-full', confidence: 'likely' },
  ],
  'accept-queue-overflow-haproxy.pcapng': [
    { rule: 'accept-queue-overflow', server: '10.0.0.49:80', cause: 'queue-full' },
  ],
  'accept-queue-overflow-nginx.pcapng': [
    { rule: 'accept-queue-overflow', server: '10.0.0.49:80', cause: 'queue-full' },
  ],
  'accept-queue-overflow-node-client.pcapng': [
    { rule: 'accept-queue-overflow', server: '10.0.0.49:80', cause: 'queue-full', confidence: 'likely' },
  ],
  'accept-queue-overflow-node.pcapng': [{ rule: 'accept-queue-overflow', server: '10.0.0.49:80', cause: 'queue-full' }],
  'idle-drop-nginx.pcapng': [
    { rule: 'idle-drop', server: '10.0.2.43:8080', cause: 'timer-on-the-way', confidence: 'likely' },
  ],
  'idle-drop-haproxy.pcapng': [
    { rule: 'idle-drop', server: '10.0.2.43:8080', cause: 'timer-on-the-way', confidence: 'likely' },
  ],
  'path-loss-download.pcapng': [{ rule: 'path-loss', server: '10.0.0.49:80', cause: 'towards-the-client' }],
  'path-loss-download-client.pcapng': [
    { rule: 'path-loss', server: '10.0.0.49:80', cause: 'towards-the-client', confidence: 'likely' },
  ],
  'path-loss-outage-haproxy.pcapng': [{ rule: 'path-loss', server: '10.0.1.43:8080', cause: 'towards-the-server' }],
  'mtu-blackhole-download.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'silent-drop', confidence: 'likely' },
  ],
  'mtu-blackhole-download-client.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'silent-drop', confidence: 'likely' },
  ],
  'mtu-blackhole-ignored.pcapng': [{ rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'icmp-ignored' }],
  'mtu-blackhole-handshake.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:443', cause: 'silent-drop', confidence: 'likely' },
  ],
  'mtu-blackhole-upload-haproxy.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'silent-drop', confidence: 'likely' },
  ],
  'mtu-blackhole-upload-haproxy-client.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'silent-drop', confidence: 'likely' },
  ],
  'mtu-blackhole-upload-nginx.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'silent-drop', confidence: 'likely' },
  ],
  'mtu-blackhole-upload-apache.pcapng': [
    { rule: 'mtu-blackhole', server: '10.0.0.49:80', cause: 'silent-drop', confidence: 'likely' },
  ],
  'early-response-reset.pcapng': [
    { rule: 'early-response-reset', server: '10.0.0.49:8081', cause: 'body-too-large' },
    { rule: 'early-response-reset', server: '10.0.0.49:8082', cause: 'body-too-large' },
    { rule: 'early-response-reset', server: '10.0.0.49:8084', cause: 'refused-early' },
  ],
  'expect-continue-stall-node.pcapng': [
    { rule: 'expect-continue-stall', server: '10.0.1.43:8080', cause: 'never-continues' },
  ],
  'expect-continue-stall-python.pcapng': [
    { rule: 'expect-continue-stall', server: '10.0.1.43:8080', cause: 'never-continues' },
  ],
  'expect-continue-stall-dropped.pcapng': [
    { rule: 'expect-continue-stall', server: '10.0.0.49:80', cause: 'never-continues' },
  ],
  'header-too-large-request.pcapng': [
    { rule: 'header-too-large', server: '10.0.0.49:8084', cause: 'request-head' },
    { rule: 'header-too-large', server: '10.0.0.49:8081', cause: 'request-head', confidence: 'likely' },
    { rule: 'header-too-large', server: '10.0.0.49:8082', cause: 'request-head', confidence: 'likely' },
    { rule: 'header-too-large', server: '10.0.0.49:8083', cause: 'request-head', confidence: 'likely' },
  ],
  'header-too-large-response.pcapng': [
    { rule: 'header-too-large', server: '10.0.1.43:8080', cause: 'response-head', confidence: 'likely' },
  ],
  'protocol-mismatch-tls-to-plain.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'tls-to-plain' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8082', cause: 'tls-to-plain' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8083', cause: 'tls-to-plain' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8084', cause: 'tls-to-plain' },
  ],
  'protocol-mismatch-plain-to-tls.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'plain-to-tls' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8083', cause: 'plain-to-tls' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8082', cause: 'plain-to-tls', confidence: 'likely' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8084', cause: 'plain-to-tls', confidence: 'likely' },
  ],
  'protocol-mismatch-http2-to-http1.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'http2-to-http1' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8083', cause: 'http2-to-http1' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8084', cause: 'http2-to-http1' },
  ],
  'protocol-mismatch-http1-to-http2.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'http1-to-http2' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8084', cause: 'http1-to-http2' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8082', cause: 'http1-to-http2', confidence: 'likely' },
  ],
  'protocol-mismatch-proxy-header.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'proxy-header-unexpected' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8082', cause: 'proxy-header-unexpected' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8083', cause: 'proxy-header-unexpected' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8084', cause: 'proxy-header-unexpected' },
  ],
  'protocol-mismatch-proxy-header-missing.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'proxy-header-missing', confidence: 'likely' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8082', cause: 'proxy-header-missing', confidence: 'likely' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8083', cause: 'proxy-header-missing', confidence: 'likely' },
  ],
  'protocol-mismatch-proxy-header-missing-tls.pcapng': [
    { rule: 'protocol-mismatch', server: '10.0.1.43:8081', cause: 'proxy-header-missing', confidence: 'likely' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8082', cause: 'proxy-header-missing', confidence: 'likely' },
    { rule: 'protocol-mismatch', server: '10.0.1.43:8083', cause: 'proxy-header-missing', confidence: 'likely' },
  ],
  'asymmetric-path.pcapng': [
    { rule: 'asymmetric-path', server: '10.0.1.2:80', cause: 'return-route', confidence: 'likely' },
  ],
  'asymmetric-path-drop.pcap': [
    { rule: 'asymmetric-path', server: '10.0.1.2:80', cause: 'return-route', confidence: 'likely' },
  ],
  'asymmetric-path-rp-filter.pcapng': [
    { rule: 'connect-timeout', server: '10.0.1.2:80', cause: 'by-source', confidence: 'likely' },
  ],
  'asymmetric-path-one-side.pcap': [
    { rule: 'asymmetric-path', server: '10.0.1.2:80', cause: 'return-route', confidence: 'possible' },
  ],
  'asymmetric-path-firewall.pcapng': [
    { rule: 'asymmetric-path', server: '10.0.0.2:80', cause: 'stateful-device', confidence: 'likely' },
  ],
  'asymmetric-path-dnat.pcapng': [{ rule: 'asymmetric-path', server: '10.0.0.100:80', cause: 'address-translation' }],
  'asymmetric-path-bridge.pcapng': [
    { rule: 'asymmetric-path', server: '10.103.175.29:80', cause: 'address-translation' },
  ],
  'connect-refused-nginx.pcapng': [{ rule: 'connect-refused', server: '10.0.1.43:8080', cause: 'restarting' }],
  'connect-refused-haproxy.pcapng': [{ rule: 'connect-refused', server: '10.0.1.43:8080', cause: 'restarting' }],
  'connect-timeout-nginx.pcapng': [{ rule: 'connect-timeout', server: '10.0.1.43:8080', cause: 'dropped' }],
  'connect-timeout-haproxy.pcapng': [{ rule: 'connect-timeout', server: '10.0.1.48:8080', cause: 'dropped' }],
  'cross-sni-reuse.pcapng': [
    { rule: 'cross-sni-reuse', server: '10.0.0.49:443', cause: 'route-by-sni', confidence: 'likely' },
  ],
  'cross-sni-reuse-preconnect.pcapng': [
    { rule: 'cross-sni-reuse', server: '10.0.0.49:443', cause: 'route-by-sni', confidence: 'likely' },
  ],
  'cross-sni-reuse-421.pcapng': [{ rule: 'cross-sni-reuse', server: '10.0.0.49:443', cause: 'server-refuses' }],
  'cross-sni-reuse-dns.pcap': [
    { rule: 'cross-sni-reuse', server: '10.0.0.49:443', cause: 'shared-certificate', confidence: 'possible' },
  ],
  'cross-sni-reuse-http1.pcapng': [
    { rule: 'cross-sni-reuse', server: '10.0.0.49:443', cause: 'route-by-sni', confidence: 'likely' },
  ],
  'deploy-drain.pcapng': [{ rule: 'deploy-drain', server: '10.0.1.43:8080', cause: 'restarted' }],
  'h2-goaway-race-nginx.pcapng': [{ rule: 'h2-goaway-race', server: '10.0.0.49:443', cause: 'request-limit' }],
  'h2-goaway-race-nginx-retried.pcapng': [{ rule: 'h2-goaway-race', server: '10.0.0.49:443', cause: 'request-limit' }],
  'h2-goaway-race-stop.pcapng': [{ rule: 'h2-goaway-race', server: '10.0.0.49:443', cause: 'short-grace' }],
  'keepalive-race-apache.pcapng': [{ rule: 'keepalive-race', server: '10.0.1.43:8080', cause: 'server-idle-shorter' }],
  'keepalive-race-node.pcapng': [{ rule: 'keepalive-race', server: '10.0.1.43:8080', cause: 'server-idle-shorter' }],
  'keepalive-race-node-front.pcapng': [
    { rule: 'keepalive-race', server: '10.0.1.43:8080', cause: 'server-idle-shorter' },
  ],
  'keepalive-race-stale-pool.pcap': [{ rule: 'keepalive-race', server: '10.0.0.49:80', cause: 'stale-pool' }],
  'keepalive-race-reload.pcap': [{ rule: 'keepalive-race', server: '10.0.0.49:80', cause: 'worker-recycle' }],
  'preconnect-408-haproxy.pcapng': [{ rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout' }],
  'preconnect-408-errorfile.pcap': [
    { rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout', confidence: 'likely' },
  ],
  'preconnect-408-crossing.pcapng': [{ rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout' }],
  'preconnect-408-tls.pcapng': [{ rule: 'preconnect-408', server: '10.0.0.49:443', cause: 'request-timeout' }],
  'preconnect-408-chromium.pcapng': [{ rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout' }],
  'preconnect-408-apache.pcapng': [{ rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout' }],
  'preconnect-408-nginx.pcapng': [
    { rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout', confidence: 'likely' },
  ],
  'preconnect-408-node.pcapng': [{ rule: 'preconnect-408', server: '10.0.0.49:80', cause: 'request-timeout' }],
  'proxy-pass.pcapng': [{ rule: 'proxy-header-leak', server: '10.0.0.49:443', cause: 'not-rewritten' }],
  'redirect-loop.pcapng': [{ rule: 'redirect-loop', server: '10.0.1.43:8080', cause: 'header-not-sent' }],
  'reverse-http.pcapng': [{ rule: 'reverse-http', server: '10.0.1.49:8443', cause: null }],
  'reverse-http-clear.pcap': [{ rule: 'reverse-http', server: '10.0.1.49:8080', cause: null }],
  'reverse-http-lost.pcapng': [{ rule: 'reverse-http', server: '10.0.1.49:8080', cause: 'idle-drop' }],
  'rst-after-request.pcapng': [
    { rule: 'rst-after-request', server: '10.0.1.43:80', cause: 'security-agent' },
    { rule: 'rst-after-request', server: '10.0.1.44:8080', cause: 'process-dead' },
  ],
  'rst-after-request-unread.pcapng': [{ rule: 'rst-after-request', server: '10.0.1.46:9000', cause: 'app-abort' }],
  'rst-after-request-reject.pcapng': [{ rule: 'rst-after-request', server: '10.0.1.43:80', cause: 'security-agent' }],
  'slow-response-gateway-timeout.pcapng': [{ rule: 'slow-response', server: '10.0.1.43:8080', cause: 'works-long' }],
  'slow-response-held-up.pcapng': [
    { rule: 'slow-response', server: '10.0.0.49:80', cause: 'held-up', confidence: 'likely' },
  ],
  'tls-handshake-client-certificate.pcapng': [
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'client-certificate-missing' },
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'client-certificate-refused' },
  ],
  'tls-handshake-client-certificate-no-keys.pcap': [
    {
      rule: 'tls-handshake-failure',
      server: '10.0.0.49:443',
      cause: 'client-certificate-missing',
      confidence: 'likely',
    },
  ],
  'tls-handshake-client-certificate-tls12.pcapng': [
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'client-certificate-missing' },
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'client-certificate-refused' },
  ],
  'tls-handshake-client-certificate-nginx.pcapng': [
    {
      rule: 'tls-handshake-failure',
      server: '10.0.0.49:443',
      cause: 'client-certificate-missing',
      confidence: 'likely',
    },
    {
      rule: 'tls-handshake-failure',
      server: '10.0.0.49:443',
      cause: 'client-certificate-refused',
      confidence: 'likely',
    },
  ],
  'tls-handshake-strict-sni.pcapng': [
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'unknown-name' },
  ],
  'tls-handshake-no-sni.pcapng': [{ rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'no-name' }],
  'tls-handshake-alpn.pcapng': [{ rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'no-common-alpn' }],
  'tls-handshake-version.pcapng': [{ rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'version' }],
  'tls-handshake-cipher.pcapng': [{ rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'cipher' }],
  'tls-handshake-untrusted.pcapng': [
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'server-certificate-refused' },
  ],
  'tls-handshake-browser.pcapng': [
    { rule: 'tls-handshake-failure', server: '10.0.0.49:443', cause: 'server-certificate-refused' },
  ],
  'tls-offload.pcapng': [
    { rule: 'tls-offload-leak', server: '10.0.1.43:8080', cause: 'header-not-sent' },
    { rule: 'tls-offload-leak', server: '10.0.1.48:80', cause: 'header-not-sent' },
  ],
  'transparent-proxy.pcapng': [
    { rule: 'connect-timeout', server: '10.0.1.43:8080', cause: 'transparent-proxy', confidence: 'likely' },
  ],
  'transparent-proxy-server.pcap': [
    { rule: 'asymmetric-path', server: '10.0.1.43:8080', cause: 'return-route', confidence: 'likely' },
  ],
  'truncated-response-content-length.pcapng': [
    { rule: 'truncated-response', server: '10.0.1.43:8080', cause: 'sender-ended' },
  ],
  'truncated-response-chunked.pcapng': [
    { rule: 'truncated-response', server: '10.0.1.43:8080', cause: 'sender-ended' },
  ],
  'websocket-no-upgrade.pcapng': [
    { rule: 'websocket-upgrade-failed', server: '10.0.1.43:8080', cause: 'proxy-drops-upgrade' },
  ],
  'websocket-h2.pcapng': [{ rule: 'websocket-upgrade-failed', server: '10.0.1.43:8080', cause: 'http2-client' }],
  'websocket-close-code.pcapng': [{ rule: 'websocket-close-code', server: '10.0.1.43:8080', cause: 'message' }],
  'websocket-cut-reload.pcapng': [
    { rule: 'websocket-cut', server: '10.0.0.49:80', cause: 'process-end', confidence: 'likely' },
  ],
  'websocket-cut-killed.pcapng': [
    { rule: 'websocket-cut', server: '10.0.1.43:8080', cause: 'process-end', confidence: 'likely' },
  ],
  'websocket-idle.pcapng': [{ rule: 'websocket-idle-close', server: '10.0.1.43:8080', cause: 'proxy-timeout' }],
  'websocket-origin.pcap': [{ rule: 'websocket-upgrade-failed', server: '10.0.1.43:8080', cause: 'origin-check' }],
};

/** What the rows of healthy samples, and of one that fails otherwise, grant as a notice; a cause that leads, or `null`. */
const NOTICES: Readonly<Record<string, readonly Diagnosis[]>> = {
  'asymmetric-path-one-side.pcap': [{ rule: 'capture-quality', server: '10.0.1.2:80', cause: 'one-direction' }],
  'encrypted-client-abort-healthy.pcapng': [{ rule: 'client-abort', server: '10.0.0.49:443', cause: null }],
  'healthy-download.pcap': [{ rule: 'capture-quality', server: '10.0.0.49:80', cause: 'packets-cut' }],
  'healthy-resets.pcapng': [{ rule: 'client-abort', server: '10.0.0.49:80', cause: null }],
  'truncated-response-client-abort-healthy.pcapng': [
    { rule: 'client-abort', server: '10.0.0.49:80', cause: null },
    { rule: 'client-abort', server: '10.0.1.43:8080', cause: 'its-own-client-left' },
  ],
};

const RULE_IDS = RULES.map(({ meta }) => meta.id);

const samples = (await allScenarios()).flatMap((scenario) => scenario.samples);
const failing = samples.filter(({ wrong }) => wrong !== null);
const healthy = samples.filter(({ wrong }) => wrong === null);

async function findingsIn(file: string): Promise<readonly Finding[]> {
  const { analysis, errors } = await analyze({ files: [path.join(SAMPLES, file)] });
  expect(errors).toEqual([]);
  return analysis.findings;
}

const VERDICTS = ['supported', 'ruled-out', 'open'];

describe('the failing samples', () => {
  it('are those of the lab, and their rules are those of the catalogue', () => {
    const files = failing.map(({ file }) => file);
    for (const file of Object.keys(DIAGNOSES)) expect(files).toContain(file);
    for (const { rule } of Object.values(DIAGNOSES).flat()) expect(RULE_IDS).toContain(rule);
  });

  it.each(failing)('$file', async ({ file, diagnosis: row }) => {
    const findings = await findingsIn(file);
    if (DIAGNOSES[file] === undefined) expect(findings.filter((one) => isNamedIn(row, one))).not.toEqual([]);
    for (const { rule, server, cause, confidence = 'certain' } of DIAGNOSES[file] ?? []) {
      const told = findings
        .filter((one) => one.rule === rule && endpointText(one.subject) === server)
        .map((one) => ({ cause: leadingCause(one), confidence: one.confidence }));
      expect(told, `${rule} ${server}`).toContainEqual({ cause, confidence });
      expect(row).toContain(rule);
    }
    for (const finding of findings.filter((one) => isNamedIn(row, one))) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      for (const { packets } of finding.evidence) expect(packets.length).toBeGreaterThan(0);
      const verdicts = finding.hypotheses.map(({ verdict }) => VERDICTS.indexOf(verdict));
      expect(verdicts, 'those supported first').toEqual([...verdicts].sort());
      for (const { verdict, because } of finding.hypotheses) if (verdict !== 'open') expect(because).toMatch(/#\d/);
      expect(finding.remedies.length).toBeGreaterThan(0);
      if (leadingCause(finding) !== null)
        expect(finding.remedies.filter(({ config }) => config !== null).length).toBeGreaterThan(0);
    }
  });
});

/** Whether a sample's row names the rule of a finding that comes to a cause, or to a fact without one. */
function isNamedIn(row: string, { rule, hypotheses, severity }: Finding): boolean {
  return row.includes(rule) && (hypotheses[0]?.verdict === 'supported' || severity === 'notice');
}

/** The first of those supported; `null`: none is. */
function leadingCause({ hypotheses: [first] }: Finding): string | null {
  return first?.verdict === 'supported' ? first.cause : null;
}

describe('the notices that a sample is for', () => {
  it.each(Object.entries(NOTICES))('%s', async (file, expected) => {
    const findings = await findingsIn(file);
    for (const { rule, server, cause } of expected) {
      const told = findings
        .filter((one) => one.rule === rule && endpointText(one.subject) === server)
        .map((one) => ({ cause: leadingCause(one), severity: one.severity, confidence: one.confidence }));
      expect(told, `${rule} ${server}`).toEqual([{ cause, severity: 'notice', confidence: 'certain' }]);
    }
  });
});

describe('the healthy samples', () => {
  it.each(healthy)('$file', async ({ file }) => {
    const loud = (await findingsIn(file)).filter(({ severity }) => severity !== 'notice');
    expect(loud.map(({ rule, title }) => `${rule}: ${title}`)).toEqual([]);
  });
});
