import type { RequestMessage } from '../../facts/exchange.js';

/** How load balancers and orchestrators name themselves when they ask whether a server lives. */
const PROBE_AGENTS: readonly string[] = [
  'ELB-HealthChecker',
  'kube-probe',
  'GoogleHC',
  'Consul Health Check',
  'Amazon-Route53-Health-Check',
];

/** Whether a request is a health check: by its User-Agent, or HAProxy's nameless `OPTIONS /`. */
export function isHealthCheck(request: RequestMessage): boolean {
  const agent = request.fields.find((field) => field.name === 'user-agent')?.value;
  if (agent !== undefined) return PROBE_AGENTS.some((name) => agent.startsWith(name));
  return request.method === 'OPTIONS' && request.target === '/' && request.version === 'HTTP/1.0';
}
