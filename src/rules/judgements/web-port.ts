/** Ports on which HTTP commonly stands, before and behind proxies. */
const WEB_PORTS: ReadonlySet<number> = new Set([
  80, 443, 3000, 3128, 5000, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000, 9090, 9443,
]);

/** Whether a server of this port is most likely meant for HTTP, though nothing was said to it. */
export function isWebPort(port: number): boolean {
  return WEB_PORTS.has(port);
}
