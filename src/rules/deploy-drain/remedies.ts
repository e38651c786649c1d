/** What to change: stop in an order in which nobody is left without an answer. */
import type { Remedy } from '../../facts/finding.js';

/** See the head of this file. */
export const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'On SIGTERM stop accepting, say "Connection: close" in the answers that are still due, finish what is in progress, and end then.',
    config: 'nginx -s quit\nkill -TERM MASTER # gunicorn, with --graceful-timeout 30',
  },
  {
    component: 'kubernetes',
    text: 'Let the endpoint leave the service before the process is told to stop, and give it time.',
    config: 'lifecycle:\n  preStop:\n    exec:\n      command: ["sleep", "10"]\nterminationGracePeriodSeconds: 60',
  },
  {
    component: 'load balancer',
    text: 'Take the server out first and wait until its requests are done: deregistration delay of an ALB target group, HAProxy "set server … state drain", nginx "server … down".',
    config: 'echo "set server application/app1 state drain" | socat stdio /run/haproxy/admin.sock',
  },
];
