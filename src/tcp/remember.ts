/**
 * Enters `value` as the last of `known`, and forgets the first entry once there are more than `limit`: a map whose
 * entries matter for a short time only, in order of arrival.
 */
export function remember<K, V>(known: Map<K, V>, key: K, value: V, limit: number): void {
  known.delete(key);
  known.set(key, value);
  if (known.size <= limit) return;
  for (const first of known.keys()) {
    known.delete(first);
    return;
  }
}
