/** A link-layer address of 48 bits as text: `02:42:0a:00:01:2b`. */
export function macText(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:');
}
