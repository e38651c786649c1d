/** What to change, by the cause that the codes and the packets support. */
import type { Remedy } from '../../facts/finding.js';
import { H2_ERROR } from '../../facts/h2.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';
import { blamesTheClient, isNotBegun } from './codes.js';
import { flawText } from './flaws.js';
import type { RefusedRequest } from './refused-request.js';

/** Whether the code says that nothing of the request was begun. */
export function isSafeToRepeat({ code }: RefusedRequest): boolean {
  return isNotBegun(code);
}

/** See the head of this file. */
export function remediesOf(subject: Case): Remedy[] {
  const { refused, behind, retries } = subject;
  const remedies: Remedy[] = [];
  const has = (isIt: (code: number) => boolean): boolean => refused.some(({ code }) => isIt(code));
  if (behind?.failed != null)
    remedies.push({
      component: 'proxy',
      text: `Mend what failed behind it (${packetText(behind.failed.packet)}). It resets the stream where its client may send the request again, as HAProxy does; let it repeat what is safe to repeat.`,
      config: 'option redispatch\nretries 3\nretry-on conn-failure empty-response # HAProxy',
    });
  if (refused.some(({ webSocket }) => webSocket?.allowed === false))
    remedies.push({
      component: 'server',
      text: 'Let it take WebSockets over HTTP/2 (RFC 8441), or let the client open them over HTTP/1.1 as long as SETTINGS_ENABLE_CONNECT_PROTOCOL is not there.',
      config: 'http2_protocol_options: { allow_connect: true } # Envoy',
    });
  if (isOverLimit(subject) || has((code) => code === H2_ERROR.enhanceYourCalm))
    remedies.push({
      component: 'server',
      text: 'Allow more streams at a time where the server can bear them, or let the client keep to the limit that SETTINGS name and open a second connection.',
      config: '# nginx\nhttp2_max_concurrent_streams 256;\n# HAProxy\nglobal\n    tune.h2.max-concurrent-streams 256',
    });
  const flaw = refused.find((one) => one.flaw !== null && blamesTheClient(one.code))?.flaw ?? null;
  if (flaw !== null)
    remedies.push({
      component: 'client',
      text: `Mend the request (${packetText(flaw.packet)}): ${flawText(flaw.name)}. A gateway that translates HTTP/1.1 has to take such fields out.`,
      config: null,
    });
  else if (behind?.answered != null && !has(isNotBegun))
    remedies.push({
      component: 'proxy',
      text: `Look at the answer that it has from behind (${packetText(behind.answered.packet)}): its head may be larger than the proxy takes or may hand on, or a field of it is none of HTTP/2’s (RFC 9113 §8.2). The proxy’s error log says which.`,
      config: null,
    });
  else if (has(blamesTheClient))
    remedies.push({
      component: 'client',
      text: 'Look at what these requests carry: fields of one connection (Connection, Keep-Alive, Transfer-Encoding), names in upper case, a Content-Length that its body does not have, or more than the server takes (RFC 9113 §8.2). The server’s log names it; if that is nginx, look whether it is told to drop them: return 444 is a RST_STREAM with PROTOCOL_ERROR over HTTP/2.',
      config: null,
    });
  if (has((code) => code === H2_ERROR.http11Required))
    remedies.push({
      component: 'client',
      text: 'Ask for this over HTTP/1.1, or let the server ask for the client certificate in the first handshake.',
      config: 'curl --http1.1 URL',
    });
  if (remedies.length === 0)
    remedies.push({
      component: 'server',
      text: 'Its log says at these times why it gave the streams up: an error of the application, a proxy that has nobody behind, a limit.',
      config: null,
    });
  if (refused.some(isSafeToRepeat) && retries.answered < retries.judged)
    remedies.push({
      component: 'client',
      text: 'Send again what was refused: nothing of it was begun (RFC 9113 §8.7). gRPC does so by itself once; for more a retry policy.',
      config: null,
    });
  return remedies;
}

function isOverLimit({ refused }: Case): boolean {
  return refused.some(({ openStreams, streamLimit }) => streamLimit !== null && openStreams > streamLimit);
}
