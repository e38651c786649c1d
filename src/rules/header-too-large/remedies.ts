/** What to change, by whose head is too large (docs/rules/header-too-large.md). */
import type { Remedy } from '../../facts/finding.js';

/** At the server that refuses requests, and at their clients. */
export const FOR_REQUESTS: readonly Remedy[] = [
  {
    component: 'client',
    text: 'Make cookies fewer and smaller, tokens shorter; clear those of old sessions.',
    config: null,
  },
  {
    component: 'nginx',
    text: 'Allow larger heads (4 lines of 8 KB by default).',
    config: 'large_client_header_buffers 4 32k;',
  },
  {
    component: 'haproxy',
    text: 'Allow larger heads (16 KB by default, of which 1 KB is kept for rewriting).',
    config: 'global\n    tune.bufsize 32768',
  },
  {
    component: 'apache',
    text: 'Allow larger fields and request lines (8,190 bytes each by default).',
    config: 'LimitRequestFieldSize 32768\nLimitRequestLine 16384',
  },
  { component: 'nodejs', text: 'Allow larger heads (16 KB by default).', config: 'node --max-http-header-size=32768' },
  {
    component: 'tomcat',
    text: 'Allow larger heads (8 KB by default).',
    config: 'server.max-http-request-header-size=32KB',
  },
  {
    component: 'varnish',
    text: 'Allow larger heads (32 KB, of which a field may have 8 KB, by default).',
    config: 'varnishd -p http_req_size=64k -p http_req_hdr_len=32k -p workspace_client=192k',
  },
  {
    component: 'jetty',
    text: 'Allow larger heads (8 KB by default).',
    config: 'jetty.httpConfig.requestHeaderSize=32768',
  },
  {
    component: 'uwsgi',
    text: 'Allow larger heads (4 KB by default, in which a query counts twice); what does not fit it leaves without an answer.',
    config: 'uwsgi --buffer-size 32768',
  },
  {
    component: 'puma',
    text: 'It has no setting: a query may have 10 KB (a target 12 KB, and so a query if it is built for that), a field 80 KB, a head 112 KB. Send what is longer as a body.',
    config: 'gem install puma -- --with-cflags="-D PUMA_QUERY_STRING_MAX_LENGTH=12288"',
  },
  {
    component: 'webrick',
    text: 'It has no setting: a request line may have 2,083 bytes, and a head 112 KB. Put another server in its place, or change its constant.',
    config: 'class WEBrick::HTTPRequest\n  remove_const :MAX_URI_LENGTH\n  MAX_URI_LENGTH = 16_384\nend',
  },
];

/** At the proxy that takes no such response, and at the server that gives it. */
export const FOR_RESPONSES: readonly Remedy[] = [
  {
    component: 'nginx',
    text: '"upstream sent too big header": the buffer for the head of an answer is one memory page by default.',
    config: 'proxy_buffer_size 16k;\nproxy_buffers 8 16k;\nproxy_busy_buffers_size 32k;',
  },
  {
    component: 'haproxy',
    text: 'The head must fit into one buffer: 16 KB by default, of which 1 KB is kept for rewriting.',
    config: 'global\n    tune.bufsize 32768',
  },
  {
    component: 'apache',
    text: 'Allow larger fields of answers (8,192 bytes each by default).',
    config: 'ProxyPass "/" "http://BACKEND/" responsefieldsize=32768',
  },
  {
    component: 'varnish',
    text: 'Allow larger heads of answers (32 KB, of which a field may have 8 KB, by default).',
    config: 'varnishd -p http_resp_size=64k -p http_resp_hdr_len=32k -p workspace_backend=192k',
  },
  { component: 'application', text: 'Set fewer and smaller cookies, and no session in them.', config: null },
];
