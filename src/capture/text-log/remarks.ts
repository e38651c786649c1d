import { countText } from '../figure-text.js';
import type { TextFound } from './convert.js';

/** Names shown of ports that stand for made-up numbers. */
const SHOWN_NAMES = 5;

/** What a reader must know of a report that was made of a text, a sentence each. */
export function remarksOf(found: TextFound): string[] {
  const { segments, dumped, withoutPayload, unplaced, cut, interfaces, madePorts } = found;
  const remarks = [`read from text: ${countText(segments, 'segment')}`];
  const lacks: string[] = [];
  if (found.isRelative) lacks.push('when the first packet came, from which it counts its times (tshark -t ad)');
  else if (!found.hasDates) lacks.push('the date');
  if (segments > 0 && found.lacksTtl) lacks.push('TTL and IP ID (tcpdump -v)');
  if (withoutPayload > 0)
    lacks.push(`the payload of ${countText(withoutPayload, 'segment')} (tcpdump -A or -X; all of it: tcpdump -w FILE)`);
  else if (dumped < segments) lacks.push('payload beyond what is printed of HTTP (all of it: tcpdump -w FILE)');
  if (lacks.length > 0) remarks.push(`the text does not say: ${lacks.join('; ')}`);
  if (found.hasMadeAddresses)
    remarks.push('hosts given by name stand under made-up addresses (198.18.0.0/15, 2001:2::/48)');
  if (madePorts.length > 0) {
    const shown = madePorts.slice(0, SHOWN_NAMES).join(', ');
    const more = madePorts.length > SHOWN_NAMES ? ', …' : '';
    remarks.push(
      `${countText(madePorts.length, 'port')} given by name (${shown}${more}) stand under made-up numbers (tcpdump -n)`,
    );
  }
  if (interfaces.length > 1)
    remarks.push(`interfaces are numbered: ${interfaces.map((name, at) => `${at + 1} ${name}`).join(', ')}`);
  if (cut > 0)
    remarks.push(`${countText(cut, 'segment')} left out: the text does not have all of ${cut === 1 ? 'it' : 'them'}`);
  if (unplaced > 0)
    remarks.push(
      `${countText(unplaced, 'listed packet')} of HTTP or TLS fit no connection for certain: the list names no ports there`,
    );
  return remarks;
}
