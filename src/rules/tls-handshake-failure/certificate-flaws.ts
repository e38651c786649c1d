/** What is wrong with the certificate of a server, by its own words and the name that it was asked for. */
import type { CertificateFacts } from '../../facts/tls.js';
import { listText } from '../../text/list.js';
import { visible } from '../../text/visible.js';

/** What is wrong with a certificate: out of date, not for the name, or signed by itself; `text` is what it did, or is. */
export interface Flaw {
  readonly kind: 'date' | 'name' | 'issuer';
  readonly text: string;
}

/** The certificate a server showed, to whom and when. */
interface ShownCertificate {
  /** `null`: not readable. */
  readonly certificate: CertificateFacts | null;
  /** The name that the client called; `null`: none. */
  readonly serverName: string | null;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** What is wrong with the server's certificate, as far as it shows. */
export function flawsOf({ certificate, atMs, serverName }: ShownCertificate): readonly Flaw[] {
  if (certificate === null) return [];
  const flaws: Flaw[] = [];
  const { notAfterMs, notBeforeMs, selfIssued } = certificate;
  if (notAfterMs !== null && notAfterMs < atMs) flaws.push({ kind: 'date', text: `expired on ${dayOf(notAfterMs)}` });
  if (notBeforeMs !== null && notBeforeMs > atMs)
    flaws.push({ kind: 'date', text: `is not valid before ${dayOf(notBeforeMs)}` });
  if (serverName !== null && !standsFor(certificate, serverName)) {
    const others = listText(namesOf(certificate).map(visible), MAX_NAMES);
    flaws.push({ kind: 'name', text: `does not name ${visible(serverName)}, but ${others}` });
  }
  if (selfIssued) flaws.push({ kind: 'issuer', text: 'is signed by itself' });
  return flaws;
}

/** Names told of a certificate that has others than it should. */
const MAX_NAMES = 3;
const DNS = 'DNS:';

/** Whether a certificate stands for a host; true too where it cannot be told. RFC 9525 §6.3. */
function standsFor(certificate: CertificateFacts, host: string): boolean {
  const { alternativeNames, alternativeNameCount } = certificate;
  const names = namesOf(certificate);
  if (names.length === 0 || alternativeNameCount > alternativeNames.length) return true;
  const wanted = host.toLowerCase().replace(/\.$/, '');
  const behindFirstLabel = wanted.indexOf('.') < 0 ? null : wanted.slice(wanted.indexOf('.'));
  return names.some((name) => {
    const given = name.toLowerCase().replace(/\.$/, '');
    return given === wanted || (given.startsWith('*.') && given.slice(1) === behindFirstLabel);
  });
}

/** The names of hosts that it is for: the alternative ones, or, where there are none, the common name. */
function namesOf({ alternativeNames, alternativeNameCount, subject }: CertificateFacts): readonly string[] {
  if (alternativeNameCount > 0)
    return alternativeNames.filter((name) => name.startsWith(DNS)).map((name) => name.slice(DNS.length));
  const common = /(?:^|, )CN=([^,]+)/.exec(subject)?.[1];
  return common === undefined ? [] : [common];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
