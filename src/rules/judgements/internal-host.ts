/** Hosts that only an inner network knows: RFC 1918, RFC 4193, RFC 6761, RFC 6762, and names that people give them. */

const NUMBERS = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/;
const NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|corp|lan|home|localdomain|svc|private|arpa|test|invalid)$/;

/** Whether nobody outside can reach a host of this name or address (in lower case, IPv6 without brackets). */
export function isInternalHost(host: string): boolean {
  const numbers = NUMBERS.exec(host);
  if (numbers !== null) {
    const [first, second] = [Number(numbers[1]), Number(numbers[2])];
    if (first === 10 || first === 127) return true;
    return (
      (first === 172 && second >= 16 && second < 32) ||
      (first === 192 && second === 168) ||
      (first === 169 && second === 254) ||
      (first === 100 && second >= 64 && second < 128)
    );
  }
  if (host.includes(':')) return host === '::1' || /^f(?:[cd]|e[89ab])/.test(host);
  return !host.includes('.') || NAMES.test(host);
}

/** Whether it is an address and no name. */
export function isAddress(host: string): boolean {
  return NUMBERS.test(host) || host.includes(':');
}
