import type { InferredOptionTypes, Options } from 'yargs';
import { scanFlags } from './scanFlags.ts';
import { number } from './values.ts';

const { 'at-least': _atLeast, format: _format, 'save-examples': _saveExamples, gallery: _gallery, shard: _shard, sequential: _sequential, ...ofScans } = scanFlags;

/** The flags of `compare`: those by which models are scanned, and what is asked of the comparison. */
export const compareFlags = {
  ...ofScans,
  'max-regression': { type: 'string', group: 'Result:', describe: 'the share of the worst case that may be lost: 0.02; decides the exit code', coerce: number('max-regression') },
  confidence: { type: 'string', group: 'Result:', describe: 'of the paired intervals and of the answer (default: 0.95)', coerce: number('confidence') },
  out: { type: 'string', group: 'Result:', describe: 'folder for comparison.json, comparison.txt and report.html; scans of models go to before/ and after/ in it' },
  json: { type: 'boolean', group: 'Result:', describe: 'print the comparison as JSON, and nothing else, on stdout' },
} as const satisfies Record<string, Options>;

export type CompareArguments = InferredOptionTypes<typeof compareFlags> & { readonly before: string | undefined; readonly after: string | undefined };

export const compareExamples: [command: string, purpose: string][] = [
  ['$0 compare before/ after/', 'two scans: what --out of breakwater scan named'],
  ['$0 compare old.onnx new.onnx --data photos/ --epsilon 8/255 --out comparison', 'two models: both are scanned alike'],
  ['$0 compare before/ after/ --max-regression 0.02 --quiet', 'a gate: exit 1 when more than 2 points were lost, and not by chance'],
];

export const compareEpilogue = `Scans are compared sample by sample: data, threat, attacks and seed must be the same.
Exit codes: 0 held, or measured without --max-regression; 1 regressed; 2 could not run;
3 inconclusive: the samples are too few to tell, a check failed, or --time-limit was reached.`;
