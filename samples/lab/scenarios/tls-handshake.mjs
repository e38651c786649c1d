/** TLS handshakes that one side refuses, beside others that succeed: what was missing, and who says so. */
import { browserSamples } from './tls-handshake/browser.mjs';
import { certificateSamples } from './tls-handshake/client-certificates.mjs';
import { parameterSamples } from './tls-handshake/parameters.mjs';
import { untrustedSamples } from './tls-handshake/untrusted.mjs';

export const scenario = {
  name: 'tls-handshake',
  about: 'TLS handshakes that fail: client certificates, server names, ALPN, versions, ciphers, server certificates.',
  programs: ['haproxy', 'nginx', 'curl', 'openssl', 'chromium', 'certutil'],
  samples: [...certificateSamples, ...parameterSamples, ...untrustedSamples, ...browserSamples],
};
