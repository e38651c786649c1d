import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/gateway-cut.md says the same at length. */
export const META: RuleMeta = {
  id: 'gateway-cut',
  severity: 'critical',
  title: 'An application server ends the connection in place of an answer (FastCGI, AJP, uwsgi)',
  feels:
    'nginx: 502 and "recv() failed (104: Connection reset by peer) while reading response header from upstream" or "upstream prematurely closed connection"; Apache: 502 or 503 and "ajp_read_header: ajp_ilink_receive failed", "Error reading from remote server", mod_jk "(104) Connection reset by peer"; PHP-FPM: "child exited on signal 9 (SIGKILL)".',
  shows:
    'A connection that begins with a request of FastCGI, AJP or uwsgi, and that the application server ends by FIN or RST before a byte of an answer; or, on one that had been idle, without acknowledging the request; or upon its first bytes while the request is still sent, where a web server in front tells its client of a failure.',
  needs: ['tcp.close', 'tcp.handshake'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    answered: 'The server spoke last, and then ended the connection, as FastCGI and uwsgi do after each answer.',
    'web-server-left': 'The web server ended the connection first: its own time-out, or its client had gone.',
    'foreign-reset': 'The reset has another TTL than the server’s segments: another system wrote it.',
    'lost-answer': 'The capture lost bytes of the server: an answer may have been there.',
    'answered-early':
      'The server answered during the request, and no web server in front told its client of a failure.',
    'begun-before': 'The capture begins in the middle of the connection: what it speaks is not known.',
  },
  limits: [
    'These protocols are known by a connection’s first bytes and not read further: which request was cut is told by the web server’s leg in front, where that was captured.',
    'Of an answer that was begun and cut nothing is told here: where the web server handed it on, truncated-response tells of it.',
    'Why a process ended stands in the application server’s log, and in the kernel’s.',
    'On a connection that had served less than half a second before, and over FastCGI on any that had served, a cut is told only where a web server in front told its client of a failure.',
  ],
  references: [
    {
      title: 'FastCGI Specification §5.5 FCGI_END_REQUEST',
      url: 'https://fastcgi-archives.github.io/FastCGI_Specification.html#S5.5',
    },
    {
      title: 'PHP-FPM: request_terminate_timeout',
      url: 'https://www.php.net/manual/en/install.fpm.configuration.php',
    },
    { title: 'Tomcat: AJP connector', url: 'https://tomcat.apache.org/tomcat-10.1-doc/config/ajp.html' },
    { title: 'The uwsgi protocol', url: 'https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html' },
  ],
};
