import type { InferredOptionTypes, Options } from 'yargs';
import { scanFlags } from './scanFlags.ts';

/** The flags of `check`: what is asked instead of what the config says, and where the results go. */
export const checkFlags = {
  config: { type: 'string', group: 'Subject:', describe: 'config file (default: breakwater.config.ts, .js, .mjs or .json here or in a folder above)' },
  only: { type: 'string', array: true, group: 'Subject:', describe: 'these scenarios, by name' },
  data: { ...scanFlags.data, describe: "instead of the config's: READER:PATH, or PATH where it tells its reader" },
  limit: scanFlags.limit,
  'update-baseline': { type: 'boolean', group: 'Result:', describe: 'put the results into the baselines of the scenarios, to be compared with from now on' },
  workers: scanFlags.workers,
  sequential: scanFlags.sequential,
  cache: scanFlags.cache,
  'time-limit': { ...scanFlags['time-limit'], describe: 'of each scenario: stop after 90s, 10m or 2h; the same command goes on from there' },
  checks: scanFlags.checks,
  out: { ...scanFlags.out, describe: 'folder for the reports; with several scenarios each has its own in it' },
  format: scanFlags.format,
  json: { ...scanFlags.json, describe: 'print the result as JSON, and nothing else, on stdout' },
  verbose: scanFlags.verbose,
  quiet: scanFlags.quiet,
} as const satisfies Record<string, Options>;

export type CheckArguments = InferredOptionTypes<typeof checkFlags> & { readonly model: string | undefined };

export const checkExamples: [command: string, purpose: string][] = [
  ['$0 init', 'write a config file to begin with'],
  ['$0 check', 'all that it asks'],
  ['$0 check release-1.1.onnx --out report', 'another model than it names'],
  ['$0 check --update-baseline', 'compare with this model from now on'],
];

export const checkEpilogue = `Exit codes: 0 held, or the baseline was updated; 1 a threshold was missed or too much was lost;
2 could not run; 3 inconclusive: the samples are too few, a check failed, or --time-limit was reached.`;
