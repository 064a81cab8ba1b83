import type { Selection, Shard } from '../../datasets/index.ts';
import { cwd } from 'node:process';
import type { AttackSpec } from '../core/attack.ts';
import type { Dataset, ReaderOptions } from '../core/dataset.ts';
import { unknownName, UserError } from '../core/errors.ts';
import { norms } from '../core/norms.ts';
import type { Norm } from '../core/norms.ts';
import { parseNumber, parseRange } from '../core/number.ts';
import type { EngineName } from '../engine/choose.ts';
import type { Thresholds } from '../evaluate/gates/thresholds.ts';
import type { ScanBefore } from '../evaluate/sequential/lossWatch.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { Target } from '../evaluate/target.ts';
import type { ModelChoices, Preprocessing, SavedModel } from '../graph/model.ts';
import { cacheFolder } from './records/cacheFolder.ts';
import { epsilonsOf } from './attacks/epsilons.ts';
import type { Epsilons } from './attacks/epsilons.ts';
import { groupSourceOf } from './groups.ts';
import type { GroupSource } from './groups.ts';
import { planAttacks } from './attacks/plannedAttacks.ts';
import { withThreatOfAttacks } from './attacks/threatOfAttacks.ts';
import { shardOf } from './shards/shard.ts';
import { sequentialOf } from './sequentialOf.ts';
import { confidenceOf, thresholdsOf } from './thresholds.ts';
import { timeLimitOf } from './timeLimit.ts';
import { readerOptionsOf } from './readerOptions.ts';

const engineNames = ['auto', 'onnxruntime', 'tensorflow', 'wasm', 'cpu'] as const satisfies readonly EngineName[];

/** A scan as the command line or a program asks for it. Everything has a default. */
export interface ScanRequest {
  /** A folder, a file, or a model that `openModel` gave. Default: the bundled one. */
  readonly model?: string | SavedModel;
  /** ONNX: which of several outputs holds the class scores. */
  readonly output?: string;
  /** ONNX: the sizes of an input that leaves them open: `224,224,3`, without the batch, channels last. */
  readonly inputShape?: string | readonly number[];
  /** `READER:PATH`, or a dataset that `openDataset` gave. Default: the bundled one. */
  readonly data?: string | Dataset;
  /** Whose labels count: the data's, or what the model itself says of each clean example. Default: given. */
  readonly labels?: 'given' | 'predicted';
  /** Image folders and tables: a file of class names, one per line, in the order of the model's classes. */
  readonly classes?: string;
  /** Leaves out, and counts, images that cannot be decoded, instead of stopping at the first. */
  readonly skipUnreadable?: boolean;
  /** Tables: the column that holds the class. Default: the one called label, class, target or y. */
  readonly label?: string;
  /** Where the values lie, if not in [0, 1]: `0..255`, or per column `0..1,age=17..90`. */
  readonly bounds?: string;
  /** Tables: columns that no attack may change, `age,sex` or their names. */
  readonly immutable?: string | readonly string[];
  /** Tables: columns that hold whole numbers, and do so in every adversarial example. */
  readonly integer?: string | readonly string[];
  /** `fgsm,pgd(steps=100)`, or what the attack builders give. Default: fgsm and pgd. */
  readonly attacks?: string | readonly AttackSpec[];
  /** Default: linf. */
  readonly norm?: Norm;
  /**
   * In the units of the examples; a fraction such as 8/255 is understood, and several, as a list or between commas: the
   * verdict is about the largest. Default: 8/255 for images, 0.1 for the bundled ones.
   */
  readonly epsilon?: Epsilons;
  /** Measures at smaller epsilons too, to show how accuracy falls. Default: false. */
  readonly curve?: boolean;
  /** Asks for one class instead of any wrong one. */
  readonly target?: Target;
  readonly limit?: number;
  readonly offset?: number;
  readonly shuffle?: boolean;
  /** `2/4`: of these examples every fourth, from the second on, with `out`; `merge` makes one report of all four folders. */
  readonly shard?: string;
  /** Of everything random. Default: 0. */
  readonly seed?: number;
  /** Rows of a batch. Default: chosen by the engine. */
  readonly batchSize?: number;
  /** 0: the calling thread. Default: one per core where the model is small enough. */
  readonly workers?: number;
  readonly engine?: EngineName;
  /**
   * Gradients pass rounding and signs as if they were the slope they climb (BPDA). Quantised values they pass so anyhow.
   * Default: false.
   */
  readonly straightThrough?: boolean;
  /** A folder for report.json and samples.jsonl. Without it nothing is written. */
  readonly out?: string;
  /** Answers from what earlier scans found out, and adds to it: in the project's or the user's cache folder, or in this one. Default: false. */
  readonly cache?: boolean | string;
  /** Seconds, or `90s`, `10m`, `1.5h`. When they are over the scan rejects with Unfinished; what it found out is kept in `out` and the cache. */
  readonly timeLimit?: number | string;
  /** Writes the first so many examples, clean and as each attack left them, into the folder `examples` of `out`. */
  readonly saveExamples?: number;
  /** Puts so many of the broken examples into gallery.json in `out`: clean, as the first attack that broke it left it, and the difference. Default: 0. */
  readonly gallery?: number;
  /** Ids of samples that held out in an earlier scan: the gallery shows those first that do no more. */
  readonly robustBefore?: ReadonlySet<number>;
  /** The worst-case accuracy (stability, with predicted labels) to hold, from 0 to 1: short for thresholds.worstCase. */
  readonly atLeast?: number;
  /**
   * What group each example is of, for figures of each: a file with one name per line, in the reader's own order, or
   * `column:NAME` of a table, be it one that the model sees or not.
   */
  readonly groups?: string;
  /** What is asked of the figures. */
  readonly thresholds?: Thresholds;
  /** Of the intervals that are held against the thresholds. Default: 0.95. */
  readonly confidence?: number;
  /**
   * Takes the examples in an order drawn from the seed (unless `shuffle` is false) and ends as soon as the gates are
   * settled, by intervals that hold whenever it ends. Default: false.
   */
  readonly sequential?: boolean;
  /** Sequential: a scan before this one. Then it also goes on until what was lost since is settled; the gate itself is the comparison's. */
  readonly scanBefore?: ScanBefore;
  /** full: runs more attacks on some of the survivors, to see whether the figure can be believed. Default: standard. */
  readonly checks?: 'standard' | 'full';
  /** What the model expects of pixels in [0, 1]: `-1..1` or [-1, 1]. */
  readonly range?: string | readonly [number, number];
  /** Subtracted per channel, after the range: `.485,.456,.406`. */
  readonly mean?: string | readonly number[];
  /** Divided by per channel. */
  readonly std?: string | readonly number[];
}

/** A request whose every part that needs neither model nor data has been checked. */
export interface Plan {
  /** As it was asked for. */
  readonly asked: ScanRequest;
  readonly model: string | SavedModel | undefined;
  readonly data: string | Dataset | undefined;
  readonly labels: 'given' | 'predicted';
  readonly attacks: readonly PlannedAttack[];
  readonly norm: Norm;
  /** Ascending. */
  readonly epsilons: readonly number[] | undefined;
  readonly curve: boolean;
  readonly target: Target | undefined;
  /** Of all shards. */
  readonly selection: Selection;
  readonly shard: Shard | undefined;
  readonly seed: number;
  readonly batchSize: number | undefined;
  readonly workers: number | undefined;
  readonly engine: EngineName;
  readonly straightThrough: boolean;
  readonly out: string | undefined;
  /** A folder. */
  readonly cache: string | undefined;
  /** In seconds. */
  readonly timeLimit: number | undefined;
  readonly saveExamples: number;
  readonly gallery: number;
  readonly robustBefore: ReadonlySet<number> | undefined;
  readonly groups: GroupSource | undefined;
  readonly thresholds: Thresholds;
  readonly confidence: number;
  readonly sequential: boolean;
  readonly scanBefore: ScanBefore | undefined;
  readonly checks: 'standard' | 'full';
  readonly preprocessing: Preprocessing;
  readonly choices: ModelChoices;
  readonly reader: ReaderOptions;
}

export function planOf(given: ScanRequest): Plan {
  checkNames(given);
  const request = withThreatOfAttacks(given);
  const norm = oneOf('norm', request.norm ?? 'linf', norms);
  const seed = wholeNumber('seed', request.seed, 0) ?? 0;
  const attacks = planAttacks(request.attacks ?? 'fgsm,pgd', norm);
  const epsilons = epsilonsOf(request.epsilon);
  const thresholds = thresholdsOf(request, attacks);
  const sequential = sequentialOf(request, thresholds);
  const shuffle = request.shuffle ?? (sequential || undefined);
  const limit = wholeNumber('limit', request.limit, 1);
  const offset = wholeNumber('offset', request.offset, 0);
  return {
    asked: request,
    model: request.model,
    data: request.data,
    labels: oneOf('kind of labels', request.labels ?? 'given', ['given', 'predicted']),
    attacks,
    norm,
    epsilons,
    curve: curveOf(request, epsilons),
    target: targetOf(request),
    selection: {
      seed,
      ...(limit !== undefined && { limit }),
      ...(offset !== undefined && { offset }),
      ...(shuffle !== undefined && { shuffle }),
      ...(sequential && { piecemeal: true }),
    },
    shard: shardOf(request),
    seed,
    batchSize: wholeNumber('batchSize', request.batchSize, 1),
    workers: wholeNumber('workers', request.workers, 0),
    engine: oneOf('engine', request.engine ?? 'auto', engineNames),
    straightThrough: request.straightThrough ?? false,
    out: request.out,
    cache: cacheOf(request.cache),
    timeLimit: timeLimitOf(request.timeLimit),
    saveExamples: inFolder('saveExamples', request),
    gallery: inFolder('gallery', request),
    robustBefore: request.robustBefore,
    groups: groupSourceOf(request.groups),
    thresholds,
    confidence: confidenceOf(request.confidence),
    sequential,
    scanBefore: request.scanBefore,
    checks: oneOf('extent of checks', request.checks ?? 'standard', ['standard', 'full']),
    preprocessing: preprocessingOf(request),
    choices: choicesOf(request),
    reader: readerOptionsOf(request),
  };
}

const fields: Readonly<Record<keyof ScanRequest, true>> = {
  ...{ model: true, data: true, attacks: true, norm: true, epsilon: true, curve: true, target: true, limit: true, offset: true },
  ...{ shuffle: true, shard: true, seed: true, batchSize: true, workers: true, engine: true, straightThrough: true, out: true, cache: true, timeLimit: true, atLeast: true, groups: true, thresholds: true, confidence: true, sequential: true, scanBefore: true, checks: true },
  ...{ output: true, inputShape: true, range: true, mean: true, std: true, labels: true, saveExamples: true, gallery: true, robustBefore: true },
  ...{ classes: true, skipUnreadable: true, label: true, bounds: true, immutable: true, integer: true },
};

/** A misspelt field would be a silent default. */
function checkNames(request: ScanRequest): void {
  const unknown = Object.keys(request).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw unknownName('field of a scan', unknown, Object.keys(fields));
}

function oneOf<const Name extends string>(what: string, name: Name, known: readonly Name[]): Name {
  if (!known.includes(name)) throw unknownName(what, name, known);
  return name;
}

function wholeNumber(what: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
  throw new UserError(`${what}: expected a whole number from ${least}, found ${value}`);
}

function cacheOf(asked: boolean | string | undefined): string | undefined {
  if (asked === undefined || asked === false) return undefined;
  return asked === true ? cacheFolder(cwd()) : asked;
}

/** How many of something to put into `out`. */
function inFolder(field: 'saveExamples' | 'gallery', request: ScanRequest): number {
  const count = wholeNumber(field, request[field], 0) ?? 0;
  if (count > 0 && request.out === undefined) throw new UserError(`${field}: expected together with out, the folder they go to, found ${count} and no folder`);
  return count;
}

function curveOf({ curve = false }: ScanRequest, epsilons: readonly number[] | undefined): boolean {
  if (!curve || epsilons === undefined || epsilons.length === 1) return curve;
  throw new UserError(`curve: expected one epsilon, up to which it goes, found ${epsilons.length}, which make a curve already`);
}

function targetOf({ target, labels }: ScanRequest): Target | undefined {
  if (target === undefined || target === 'random' || target === 'least-likely') return target;
  if (labels === 'predicted') throw new UserError(`target: expected random or least-likely where labels are predicted, found '${target}'`);
  if (Number.isSafeInteger(target) && target >= 0) return target;
  throw new UserError(`target: expected a class number, random or least-likely, found '${target}'`);
}

function preprocessingOf({ model, range, mean, std }: ScanRequest): Preprocessing {
  const preprocessing = {
    ...(range !== undefined && { range: rangeOf(range) }),
    ...(mean !== undefined && { mean: numbersOf('mean', mean) }),
    ...(std !== undefined && { std: numbersOf('std', std) }),
  };
  if (typeof model === 'object' && Object.keys(preprocessing).length > 0) {
    throw new UserError(`${model.path} is open already: give range, mean and std to openModel`);
  }
  return preprocessing;
}

function choicesOf({ model, output, inputShape }: ScanRequest): ModelChoices {
  if (typeof model === 'object' && (output !== undefined || inputShape !== undefined))
    throw new UserError(`${model.path} is open already: give output and inputShape to openModel`);
  const sizes = typeof inputShape === 'string' ? inputShape.split(',').map(parseNumber) : inputShape;
  const bad = sizes?.find((n) => !Number.isSafeInteger(n) || n < 1);
  if (bad !== undefined || sizes?.length === 0) throw new UserError(`inputShape: expected sizes such as 224,224,3, found '${String(inputShape)}'`);
  return { ...(output !== undefined && { output }), ...(sizes && { inputShape: sizes }) };
}

function rangeOf(written: string | readonly [number, number]): [number, number] {
  const range = parseRange(typeof written === 'string' ? written : written.join('..'));
  if (range) return range;
  throw new UserError(`range: expected LOW..HIGH such as -1..1, found '${String(written)}'`);
}

function numbersOf(what: string, written: string | readonly number[]): number[] {
  const numbers = typeof written === 'string' ? written.split(',').map(parseNumber) : [...written];
  if (numbers.length > 0 && numbers.every(Number.isFinite)) return numbers;
  throw new UserError(`${what}: expected one number per channel such as .485,.456,.406, found '${String(written)}'`);
}
