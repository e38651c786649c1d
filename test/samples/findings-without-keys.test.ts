/**
 * What the rules say of TLS that no key opens (docs/without-keys.md), held to what they say of the same capture
 * with its keys: the same rule, of the same server, no surer; and of what is healthy, nothing.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIDENCES, type Confidence } from '../../src/facts/finding.js';
import { diagnose } from '../../src/library/diagnose.js';
import { allScenarios, SAMPLES } from './scenarios.js';
import { ENCRYPTED, keyCutter } from './without-keys.js';

const withoutKeys = keyCutter();

/** What is left of each sample's diagnosis: rule, server, the confidence, and how often at least. */
const LEFT: Readonly<Record<string, readonly (readonly [string, string, Confidence, number])[]>> = {
  'encrypted-client-abort-healthy.pcapng': [['client-abort', '10.0.0.49:443', 'likely', 1]],
  'encrypted-empty-response.pcapng': [['empty-response', '10.0.0.49:443', 'likely', 2]],
  'encrypted-keepalive-race.pcapng': [['keepalive-race', '10.0.0.49:443', 'likely', 3]],
  'encrypted-rst-after-request.pcapng': [['rst-after-request', '10.0.0.49:443', 'likely', 3]],
  'encrypted-slow-response.pcapng': [['slow-response', '10.0.0.49:443', 'likely', 4]],
  'encrypted-truncated-response.pcapng': [['truncated-response', '10.0.0.49:443', 'likely', 1]],
  'preconnect-408-tls.pcapng': [['preconnect-408', '10.0.0.49:443', 'likely', 3]],
  'preconnect-408-tls-healthy.pcapng': [['preconnect-408', '10.0.0.49:443', 'likely', 3]],
  'proxy-pass.pcapng': [['connect-timeout', '10.0.1.43:8080', 'certain', 4]],
  'redirect-loop.pcapng': [['redirect-loop', '10.0.1.43:8080', 'likely', 30]],
  'reverse-http.pcapng': [['reverse-http', '10.0.1.49:8443', 'likely', 2]],
  'tls-handshake-alpn.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 3]],
  'tls-handshake-cipher.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 3]],
  'tls-handshake-client-certificate.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'likely', 3]],
  'tls-handshake-client-certificate-tls12.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 3]],
  'tls-handshake-no-sni.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 3]],
  'tls-handshake-strict-sni.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 4]],
  'tls-handshake-untrusted.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 4]],
  'tls-handshake-version.pcapng': [['tls-handshake-failure', '10.0.0.49:443', 'certain', 3]],
  'websocket-h2.pcapng': [['websocket-upgrade-failed', '10.0.1.43:8080', 'certain', 5]],
  'websocket-idle.pcapng': [['websocket-idle-close', '10.0.1.43:8080', 'certain', 6]],
  'websocket-no-upgrade.pcapng': [['websocket-upgrade-failed', '10.0.1.43:8080', 'certain', 9]],
};

/** What a server behind a proxy says in clear is told as a notice where nobody can read what the proxy makes of it. */
const OF_THE_LEG_BEHIND = ['tls-offload-leak', 'proxy-header-leak'];

const HEALTHY = new Set(
  (await allScenarios()).flatMap(({ samples }) => samples).flatMap(({ file, wrong }) => (wrong === null ? [file] : [])),
);

async function findingsOf(file: string) {
  const { findings } = await diagnose(file);
  return findings.map(({ rule, subject, severity, confidence, occurrences }) => ({
    ...{ rule, severity, confidence, occurrences },
    server: `${subject.address}:${subject.port}`,
  }));
}

describe.each(ENCRYPTED)('%s without its keys', (file) => {
  it('tells a part of what it tells with them, and no surer', async () => {
    const [open, sealed] = [await findingsOf(path.join(SAMPLES, file)), await findingsOf(withoutKeys(file))];
    for (const one of sealed) {
      if (OF_THE_LEG_BEHIND.includes(one.rule) && one.severity === 'notice') continue;
      const same = open.filter(({ rule, server }) => rule === one.rule && server === one.server);
      expect(same, `${one.rule} at ${one.server} is told without keys alone`).not.toEqual([]);
      const surest = Math.min(...same.map(({ confidence }) => CONFIDENCES.indexOf(confidence)));
      expect(CONFIDENCES.indexOf(one.confidence), `${one.rule} is surer without keys`).toBeGreaterThanOrEqual(surest);
      if (HEALTHY.has(file)) expect(one.severity).toBe('notice');
    }
    for (const [rule, server, confidence, least] of LEFT[file] ?? []) {
      const left = sealed.filter((one) => one.rule === rule && one.server === server);
      expect(left.map((one) => one.confidence)).toContain(confidence);
      expect(left.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBeGreaterThanOrEqual(least);
    }
  });
});
