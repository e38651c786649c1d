/**
 * `5,012`. By hand, since the first use of Intl costs a tenth of a short run's time.
 *
 * @param figure A whole number.
 */
export function figureText(figure: number): string {
  return String(figure).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 packet`, `5,012 packets`. */
export function countText(count: number, noun: string): string {
  return `${figureText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
