import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotWrite } from '../../core/errors.ts';
import { makeFolder } from '../../core/makeFolder.ts';
import type { SampleRecord } from '../../core/record.ts';
import { replaceFile } from '../../core/replaceFile.ts';
import type { Example } from '../../evaluate/example.ts';
import type { Judged } from '../../evaluate/trial.ts';
import { exampleNames } from './exampleNames.ts';
import { npzBytes } from './npzBytes.ts';
import type { Plan } from '../plan.ts';
import { atEpsilons } from '../attacks/plannedAttacks.ts';
import { pngOf } from '../gallery/pngOf.ts';
import { isEightBit } from '../reverify.ts';
import type { Subject } from '../subject.ts';

export interface SavedExamplesOptions {
  /** Made when there is something to put into it. */
  readonly folder: string;
  /** How many examples, in the order in which they come. */
  readonly count: number;
  /** The labels of the attacks, in order. */
  readonly attacks: readonly string[];
  /** Of one example. */
  readonly shape: readonly number[];
  /** They are images in [0, 1]: a PNG beside each .npz. */
  readonly images: boolean;
}

/** An example whose files are not all there. */
interface Open {
  readonly example: Example;
  /** Results still to come. */
  left: number;
}

/**
 * Writes the first examples of a scan, clean and as each attack left them: ID-clean.npz and ID-ATTACK.npz with x, the
 * label y and the model's prediction; images also as PNG. A record is kept only after its files are there, and an
 * attack whose record was kept without them runs again: so a scan that was killed ends with the same files.
 */
export class SavedExamples {
  private readonly options: SavedExamplesOptions;
  private readonly names: ReadonlyMap<string, string>;
  private readonly open = new Map<number, Open>();
  private admitted = 0;
  /** In this run: files, and the folder that had to be made. */
  private readonly written: string[] = [];
  private made: string | undefined;

  constructor(options: SavedExamplesOptions) {
    this.options = options;
    const names = exampleNames(options.attacks);
    this.names = new Map(options.attacks.map((label, index) => [label, names[index] as string]));
  }

  /**
   * Told of every example in its turn, of what is known of it and of which attacks are to run. Gives these, and with them
   * the attacks that must run again for their files.
   */
  async admit(example: Example, known: readonly SampleRecord[], toRun: readonly number[]): Promise<readonly number[]> {
    if (this.admitted++ >= this.options.count) return toRun;
    const [first] = known;
    if (first) await this.writeClean(example, first);
    const lost = new Set(known.filter((record) => returned(record) && !this.has(record)).map(({ attack }) => attack));
    const again = [...this.options.attacks.keys()].filter((index) => lost.has(this.options.attacks[index] as string));
    const all = [...new Set([...toRun, ...again])];
    if (all.length > 0) this.open.set(example.id, { example, left: all.length });
    return all;
  }

  /** Writes what came of an attack. */
  async save({ record, point }: Judged): Promise<void> {
    const open = this.open.get(record.id);
    if (!open) return;
    if (--open.left === 0) this.open.delete(record.id);
    await this.writeClean(open.example, record);
    if (point && returned(record)) await this.write(this.nameOf(record), point, record.label, record.adversarial ?? -1);
  }

  /** Takes back what this run has written. */
  async discard(): Promise<void> {
    for (const path of this.written) await rm(path, { force: true });
    if (this.made !== undefined) await rmdir(this.made).catch(() => undefined); // something else is in it
  }

  private async writeClean(example: Example, { id, label, clean }: SampleRecord): Promise<void> {
    const name = `${id}-clean`;
    if (!existsSync(this.pathOf(name, 'npz'))) await this.write(name, example.x, label, clean);
  }

  private async write(name: string, x: Float32Array, label: number, prediction: number): Promise<void> {
    const { folder, shape, images } = this.options;
    try {
      this.made ??= makeFolder(folder);
      const picture = images ? await pngOf(x, shape) : undefined;
      if (picture) this.replace(this.pathOf(name, 'png'), picture.png);
      // The last one: where it is, the other one is.
      const single = (value: number) => ({ shape: [1], values: Int32Array.of(value) });
      const arrays = { x: { shape: [1, ...shape], values: x }, y: single(label), prediction: single(prediction) };
      this.replace(this.pathOf(name, 'npz'), npzBytes(arrays));
    } catch (cause) {
      throw new CannotWrite(folder, cause);
    }
  }

  private replace(path: string, bytes: Uint8Array): void {
    replaceFile(path, bytes);
    this.written.push(path);
  }

  private has(record: SampleRecord): boolean {
    return existsSync(this.pathOf(this.nameOf(record), 'npz'));
  }

  private nameOf({ id, attack }: SampleRecord): string {
    return `${id}-${this.names.get(attack) ?? ''}`;
  }

  private pathOf(name: string, ending: 'png' | 'npz'): string {
    return join(this.options.folder, `${name}.${ending}`);
  }
}

/** Undefined where none are asked for. */
export function savedExamplesOf({ out, saveExamples, attacks }: Plan, { dataset, epsilons }: Subject): SavedExamples | undefined {
  if (out === undefined || saveExamples === 0) return undefined;
  return new SavedExamples({
    folder: join(out, 'examples'),
    count: saveExamples,
    attacks: atEpsilons(attacks, epsilons).map(({ label }) => label),
    shape: dataset.shape,
    images: isEightBit(dataset),
  });
}

/** The attack was run, and did not fail. */
function returned({ outcome }: SampleRecord): boolean {
  return outcome === 'broken' || outcome === 'survived';
}
