import type { InferredOptionTypes, Options } from 'yargs';
import { defaultFormats, formats } from '../report/reporter.ts';
import { names, number, target } from './values.ts';

/** The flags of `scan`: what each means and how its text is read. Defaults are chosen where the plan is made. */
export const scanFlags = {
  data: { type: 'string', group: 'Subject:', describe: 'examples: READER:PATH, or PATH where it tells its reader (default: bundled)' },
  output: { type: 'string', group: 'Subject:', describe: 'ONNX: which of several outputs holds the class scores' },
  'input-shape': { type: 'string', group: 'Subject:', describe: 'ONNX: sizes that the file leaves open, channels last: 224,224,3' },
  range: { type: 'string', group: 'Subject:', describe: 'what the model expects of pixels in [0, 1]: -1..1, 0..255' },
  mean: { type: 'string', group: 'Subject:', describe: 'then subtracted, one per channel: .485,.456,.406' },
  std: { type: 'string', group: 'Subject:', describe: 'then divided by, one per channel' },
  limit: { type: 'string', group: 'Subject:', describe: 'at most this many examples', coerce: number('limit') },
  offset: { type: 'string', group: 'Subject:', describe: 'skip this many first', coerce: number('offset') },
  shuffle: { type: 'boolean', group: 'Subject:', describe: 'take them in an order drawn from the seed' },
  shard: { type: 'string', group: 'Subject:', describe: 'of these every N-th, from the K-th on: 2/4; breakwater merge makes one report of all shards' },
  classes: { type: 'string', group: 'Data:', describe: "images, table: file of the model's class names, one per line, in its order" },
  'skip-unreadable': { type: 'boolean', group: 'Data:', describe: 'leave out and count images that cannot be decoded' },
  labels: { type: 'string', group: 'Data:', describe: "given, or predicted: the model's own, for examples without labels; the figure is then its stability" },
  label: { type: 'string', group: 'Data:', describe: 'table: column of the class (default: label, class, target or y)' },
  bounds: { type: 'string', group: 'Data:', describe: 'where values lie, if not in [0, 1]: 0..255; per column: 0..1,age=17..90' },
  immutable: { type: 'string', group: 'Data:', describe: 'table: columns that no attack may change: age,sex' },
  integer: { type: 'string', group: 'Data:', describe: 'table: columns that hold whole numbers: age,hours' },
  groups: { type: 'string', group: 'Data:', describe: 'figures for each group: file of group names, one per example and line; table: column:NAME' },
  attack: { type: 'string', group: 'Threat:', describe: 'attacks, with options in brackets (default: fgsm,pgd)' },
  norm: { type: 'string', group: 'Threat:', describe: 'how a change is measured: linf, l2, l1, l0 (default: linf)' },
  epsilon: {
    type: 'string',
    group: 'Threat:',
    describe:
      'largest change, in the units of the examples: 0.1, 8/255, or several: 2/255,4/255,8/255 (default in linf: 8/255 for images; bundled: 0.1)',
  },
  curve: { type: 'boolean', group: 'Threat:', describe: 'measure at smaller epsilons too: how accuracy falls on the way' },
  target: { type: 'string', group: 'Threat:', describe: 'aim at a class: its number, random, least-likely', coerce: target },
  seed: { type: 'string', group: 'Run:', describe: 'of everything random (default: 0)', coerce: number('seed') },
  workers: {
    type: 'string',
    group: 'Run:',
    describe: 'threads with a session each; 0: the calling thread (default: one per core)',
    coerce: number('workers'),
  },
  'batch-size': { type: 'string', group: 'Run:', describe: 'rows per call of the model', coerce: number('batch-size') },
  engine: { type: 'string', group: 'Run:', describe: 'auto, onnxruntime, tensorflow, wasm, cpu (default: auto)' },
  'straight-through': { type: 'boolean', group: 'Run:', describe: 'gradients pass rounding and signs as if they were slopes (quantised values always)' },
  'at-least': { type: 'string', group: 'Result:', describe: 'the worst-case figure to hold: 0.4', coerce: number('at-least') },
  confidence: { type: 'string', group: 'Result:', describe: 'of the interval that is held against it (default: 0.95)', coerce: number('confidence') },
  sequential: { type: 'boolean', group: 'Result:', describe: 'end as soon as it is settled, by examples in an order drawn from the seed' },
  checks: { type: 'string', group: 'Result:', describe: 'standard, or full: more attacks on some survivors show whether to believe the figure (default: standard)' },
  cache: { type: 'boolean', group: 'Run:', describe: 'take results from earlier scans of the same; --no-cache runs them again' },
  'time-limit': { type: 'string', group: 'Run:', describe: 'stop after 90s, 10m or 2h; the same command goes on from there' },
  out: { type: 'string', group: 'Result:', describe: 'folder for samples.jsonl and the report files; a scan that was stopped goes on in it' },
  format: {
    type: 'string',
    group: 'Result:',
    describe: `report files in --out, where report.json always is: ${formats.join(', ')} (default: ${defaultFormats.join(',')})`,
    coerce: names('format', formats),
  },
  'save-examples': {
    type: 'string',
    group: 'Result:',
    describe: 'images (.png) and values (.npz) of the first so many examples, clean and attacked, in --out',
    coerce: number('save-examples'),
  },
  gallery: {
    type: 'string',
    group: 'Result:',
    describe: 'broken examples to show: clean, changed and the change; 0: none (default: 24 where html is written)',
    coerce: number('gallery'),
  },
  json: { type: 'boolean', group: 'Result:', describe: 'print the report as JSON, and nothing else, on stdout' },
  verbose: { type: 'boolean', group: 'Result:', describe: 'how the model was read, and how far its engine is from the original' },
  quiet: { type: 'boolean', group: 'Result:', describe: 'no progress and no notes' },
} as const satisfies Record<string, Options>;

export type ScanArguments = InferredOptionTypes<typeof scanFlags> & { readonly model: string | undefined };

export const scanExamples: [command: string, purpose: string][] = [
  ['$0 scan', 'the bundled model on the bundled examples'],
  ['$0 scan my-model/ --data idx:images.gz,labels.gz --epsilon 8/255', 'your own'],
  ['$0 scan --attack "pgd(steps=100,restarts=5)" --norm l2 --epsilon 1.5', 'a stronger attack in another norm'],
  ['$0 scan --attack "pgd,ddn" --norm l2 --epsilon 2 --curve', 'how accuracy falls as epsilon grows'],
  ['$0 scan my-model/ --range -1..1 --limit 500 --shuffle', 'a model trained on pixels in [-1, 1]'],
  [
    '$0 scan my-model/ --data people.csv --label income --bounds 0..1,age=17..90 --immutable sex --integer age --epsilon 2',
    'a table: what its columns allow',
  ],
  ['$0 scan --attack pgd --checks full', 'whether the figure can be believed: survivors are attacked in other ways'],
  ['$0 scan --at-least 0.4 --out report --quiet', 'a gate: exit 1 when the worst case is surely lower'],
];

export const scanEpilogue = `Exit codes: 0 held, or measured without --at-least; 1 below --at-least; 2 could not run;
3 inconclusive: the interval holds the threshold, a check failed, or --time-limit was reached.`;
