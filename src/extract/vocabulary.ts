/** Words that say nothing of anybody: those of the protocols, of browsers and servers, of common pages. */
const KEPT: ReadonlySet<string> = new Set(
  `a accept after age agent all allow alive alt amazon android any apache api app application applewebkit apple
  asset assets async attachment audio auth authorization auto base64 basic bearer binary blackbox block body boundary
  br browser bytes cache calls charset check chrome chromium chunked client close code compatible compress connection
  consul content context control cookie cors create credentials css curl data date default deflate delete deny digest
  directives disposition domain edge elb encoding envoy error event events example expires false favicon file files
  filename firefox font form formdata forwarded frame from gecko get go googlehc gmt gzip h2 h2c haproxy head header
  headers health healthchecker healthcheck healthz host html html5 http http2 https httponly ico id identity if image
  img inc include index inline intel invalidate ios ip iso java javascript jpeg jpg js json keep khtml kube language
  last latin1 lax length like link linux list live livez local localhost location login logout mac macintosh max
  message methods mobile mode modified mozilla mp4 multipart must name negotiate net nginx no node none not null
  ok on only open opera options origin os package page path pdf php ping plain png polling pong post preload private
  probe proto protocol proxy public put pwa python query range ready readyz redirect referer rel request requests
  require required response retry revalidate route53 safari same sameorigin samesite script secure security server
  session shared socket sourcemap sse static status stream strict style svg text timeout to token transfer transport
  tls true type unix update upgrade upgrade-insecure-requests uri url user utf v1 v2 v3 value vary version via video
  webkit webp websocket webtransport wget win64 windows woff woff2 ws wss www x x11 x86 x64 xhtml xml zip zstd
  mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec`
    .split(/\s+/)
    .flatMap((word) => [word, word.toUpperCase(), `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`]),
);

/** Spellings of their own. */
const SPELT: ReadonlySet<string> = new Set([
  ...['AppleWebKit', 'HealthChecker', 'GoogleHC', 'HttpOnly', 'SameSite', 'Route53', 'ELB', 'EIO', 'eio', 'sid'],
  ...['WebSocket', 'XMLHttpRequest', 'GMT', 'KHTML'],
  // How servers call the cookie of a session, and proxies that of stickiness.
  ...['JSESSIONID', 'PHPSESSID', 'SESSIONID', 'sessionid', 'sessid', 'ASPSESSIONID', 'SESSID', 'SessionId', 'NET'],
  ...['csrftoken', 'csrf', 'xsrf', 'CSRF', 'XSRF', 'AWSALB', 'SERVERID', 'SRV', 'laravel', 'SID'],
]);

/** Whether a word may stay as it is. */
export function isKeptWord(word: string): boolean {
  return KEPT.has(word) || SPELT.has(word);
}

/** Fields whose values are figures and terms of the protocol, and stay as they are. */
const KEPT_FIELD =
  /^(?:connection|proxy-connection|keep-alive|transfer-encoding|te|trailer|content-length|content-encoding|upgrade|sec-websocket-(?:version|key|accept|extensions)|http2-settings|accept|accept-encoding|accept-language|accept-ranges|cache-control|pragma|date|age|retry-after|allow|vary|server|expect|max-forwards|grpc-status|grpc-timeout|:method|:scheme|:status|:protocol)$/;

/** Whether a field of this name, in lower case, keeps its value. */
export function isKeptField(name: string): boolean {
  return KEPT_FIELD.test(name);
}
