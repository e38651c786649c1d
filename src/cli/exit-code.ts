/** What the shell is told (contract.md; 70 is sysexits' "internal software error"; signals are 128 + number). */
export const EXIT = {
  ok: 0,
  found: 1,
  input: 2,
  defect: 70,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** Wrong words on the command line, or a file that cannot be used: one line for the user, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
