import { htmlReport } from './html/htmlReport.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown/markdown.ts';
import type { Format, Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

/** Format → reporter. Adding one = a file, a name in `formats`, a line here, a test. */
export const reporters: Readonly<Record<Format, Reporter>> = { text, json, html: htmlReport, md: markdown, junit, sarif };
