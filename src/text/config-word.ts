/** What has no meaning of its own in a shell, nor in the configuration of a server or a proxy. */
const PLAIN = /^[\w.:/@%+,=[\]-]+$/;

/**
 * A word of a command or a configuration that somebody pastes: what packets said, where that is a
 * plain word; else `placeholder`. Anybody can send `a.example;reboot` as a server name.
 */
export function configWord(captured: string | null | undefined, placeholder: string): string {
  return captured != null && PLAIN.test(captured) ? captured : placeholder;
}
