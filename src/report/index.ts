import { json } from './json.ts';
import type { Format, Reporter } from './reporter.ts';
import { text } from './text.ts';

/** Format → reporter. Adding one = a file, a name in `formats`, a line here, a test. */
export const reporters: Readonly<Record<Format, Reporter>> = { text, json };
