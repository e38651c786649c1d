/** Facts while they are being collected; whoever is given them at the end sees them read-only. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
