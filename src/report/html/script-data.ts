/** Data within the page that runs as nothing: JSON in which no element can end. */
export function scriptData(id: string, value: unknown): string {
  return dataElement(id, JSON.stringify(value));
}

/** The same of JSON text that is there already. */
export function dataElement(id: string, json: string): string {
  const inert = json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `<script type="application/json" id="${id}">${inert}</script>`;
}
