/** What to change, by protocol and by how the requests were cut (docs/rules/gateway-cut.md). */
import type { Remedy } from '../../facts/finding.js';
import { SOON_NS } from '../tally/activity.js';
import type { Case } from './case.js';
import type { Gateway } from './incident.js';

const ENDED: Readonly<Record<Gateway, readonly Remedy[]>> = {
  fastcgi: [
    {
      component: 'php-fpm',
      text: 'Its log says how a child ended: "exited on signal 9" is the kernel, out of memory (dmesg), or its own request_terminate_timeout; signal 11 a crash of PHP or of an extension. Let each child have less memory, or have fewer of them. A reload or stop kills children during their requests unless it is told to wait.',
      config:
        '[global]\nprocess_control_timeout = 30s\n[www]\ncatch_workers_output = yes\nphp_admin_value[memory_limit] = 256M\npm.max_children = 20\npm.max_requests = 500',
    },
  ],
  uwsgi: [
    {
      component: 'uwsgi',
      text: 'Its log says how a worker ended: "DAMN ! worker 1 died, killed by signal 9", "HARAKIRI", or the application’s own exit.',
      config: 'reload-on-rss = 512\nmax-requests = 1000',
    },
  ],
  ajp: [
    {
      component: 'tomcat',
      text: 'See its log and the kernel’s for how the process ended (OutOfMemoryError, hs_err_pid, oom-killer); stop it only when the web server sends it nothing more.',
      config: null,
    },
  ],
};

const LIMIT: Readonly<Record<Gateway, Remedy>> = {
  fastcgi: {
    component: 'php-fpm',
    text: 'A request that takes longer is killed without an answer: make it shorter, move it to a job, or give it more; the web server’s patience has to be longer.',
    config: '; PHP-FPM\nrequest_terminate_timeout = 120s\n# nginx\nfastcgi_read_timeout 130s;',
  },
  uwsgi: {
    component: 'uwsgi',
    text: 'A request that takes longer is killed without an answer: make it shorter, move it to a job, or give it more; the web server’s patience has to be longer.',
    config: '; uWSGI\nharakiri = 120\n# nginx\nuwsgi_read_timeout 130s;',
  },
  ajp: {
    component: 'tomcat',
    text: 'Find the limit that ends requests after that time, and make it longer than they take.',
    config: null,
  },
};

const RACE: Readonly<Record<Gateway, readonly Remedy[]>> = {
  ajp: [
    {
      component: 'tomcat',
      text: 'Let the application server be the last to give up: its keepAliveTimeout longer than the web server keeps idle connections.',
      config: '<Connector protocol="AJP/1.3" port="8009" keepAliveTimeout="75000"/>',
    },
    {
      component: 'apache',
      text: 'In front of it: give idle connections up first, or ask whether it is there before each request.',
      config:
        'ProxyPass "/" "ajp://BACKEND:8009/" ttl=60 ping=1\n# mod_jk\nworker.one.connection_pool_timeout=60\nworker.one.ping_mode=A',
    },
  ],
  fastcgi: [
    {
      component: 'nginx',
      text: 'In front of it: keep idle connections for a shorter time than the application server does, or none.',
      config:
        'upstream fpm { server BACKEND:9000; keepalive 8; keepalive_timeout 4s; }\nfastcgi_next_upstream error timeout;',
    },
  ],
  uwsgi: [],
};

const UNREAD: Readonly<Record<Gateway, Remedy>> = {
  uwsgi: {
    component: 'uwsgi',
    text: 'Let uWSGI read the body whatever the application does, or read it there before it answers.',
    config: 'post-buffering = 8192',
  },
  fastcgi: { component: 'application', text: 'Read the request’s body before the answer ends.', config: null },
  ajp: { component: 'application', text: 'Read the request’s body before the answer ends.', config: null },
};

const NEVER_SERVED: Readonly<Record<Gateway, Remedy>> = {
  fastcgi: {
    component: 'php-fpm',
    text: 'Let the web server’s address in, and see that the port is FPM’s own and not one of HTTP: its log says "Connection disallowed".',
    config: 'listen = ADDRESS:9000\nlisten.allowed_clients = WEB-SERVER',
  },
  uwsgi: {
    component: 'uwsgi',
    text: 'See that the port is uWSGI’s socket, not its http-socket, and that an application is loaded: its log says "no python application found".',
    config: 'socket = ADDRESS:3031',
  },
  ajp: {
    component: 'tomcat',
    text: 'See that the port is the AJP connector’s, and that it takes the web server’s secret.',
    config: '<Connector protocol="AJP/1.3" address="ADDRESS" port="8009" secret="SECRET"/>',
  },
};

/** The remedies that fit. */
export function remediesOf({ first: { gateway }, sorts, delay, delaysCluster, spoken, refusedNext }: Case): Remedy[] {
  const remedies: Remedy[] = [];
  if (spoken === 0 && refusedNext === null) remedies.push(NEVER_SERVED[gateway]);
  if (sorts.crossed > 0) remedies.push(...RACE[gateway]);
  if (sorts.read > 0 && !delaysCluster) remedies.push(...ENDED[gateway]);
  if (sorts.read > 0 && delay.highest >= SOON_NS) remedies.push(LIMIT[gateway]);
  if (sorts.early > 0) remedies.push(UNREAD[gateway]);
  return remedies;
}
