/** The telling packets of these samples: alerts, and how the connections end. */
import { FRONT } from '../../parts/front.mjs';
import { FIN } from '../../parts/tshark.mjs';

/** Fatal alerts with the number `description` that `FRONT` sends, or with `by: 'client'` its clients. */
export function alerts(description, name, count, { by = 'server' } = {}) {
  const sender = by === 'server' ? `ip.src == ${FRONT}` : `ip.dst == ${FRONT}`;
  const filter = `${sender} && tls.alert_message.level == 2 && tls.alert_message.desc == ${description}`;
  const own = { alert: description, ...(by === 'server' ? { from: FRONT } : { to: FRONT }) };
  return { what: `alert ${description} ${name} from the ${by}`, filter, count, fault: true, own };
}

/** Any fatal alert from either side. */
export function noAlerts() {
  return { what: 'a fatal alert from either side', filter: 'tls.alert_message.level == 2', count: 0 };
}

export function fins(count, { from = FRONT } = {}) {
  const filter = `ip.src == ${from} && ${FIN}`;
  return { what: `FIN from ${from}`, filter, count, own: { segment: 'fin', from } };
}

export function resets(count, { from = FRONT } = {}) {
  const filter = `ip.src == ${from} && tcp.flags.reset == 1`;
  return { what: `RST from ${from}`, filter, count, own: { segment: 'rst', from } };
}
