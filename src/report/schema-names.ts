/** What there is a JSON Schema of, in the order in which they are told. Apart from the schemas, which take long to load. */
export const SCHEMA_NAMES = ['report', 'flows', 'finding', 'comparison'] as const;
/** The name of one of the published schemas. */
export type SchemaName = (typeof SCHEMA_NAMES)[number];
