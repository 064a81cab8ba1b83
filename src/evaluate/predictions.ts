import type { SampleRecord } from '../core/record.ts';
import type { RobustnessReport } from '../core/report.ts';
import { Growing } from './growing.ts';

/** Of each sample what the model said without an attack, and under the first of the attacks, in their order, that broke it. */
export class Predictions {
  private readonly labels = int32();
  private readonly clean = int32();
  /** The attack's place in the order asked, from 1; 0 where none has broken it. */
  private readonly breakers = int32();
  /** The same of those at the largest epsilon, and the prediction there. */
  private readonly largest = int32();
  private readonly worst = int32();

  /** Of every sample, whatever came of it. */
  add(place: number, { label, clean }: SampleRecord): void {
    this.labels.set(place, label);
    this.clean.set(place, clean);
  }

  /** The attack at `order`, from 0, broke it. */
  break(place: number, order: number, { adversarial = none }: SampleRecord, atLargest: boolean): void {
    first(this.breakers, place, order);
    if (atLargest && first(this.largest, place, order)) this.worst.set(place, adversarial);
  }

  /** The order, from 0, of the first that broke it: with several epsilons the smallest at which it did; undefined where none did. */
  breakerOf(place: number): number | undefined {
    const order = this.breakers.at(place) - 1;
    return order < 0 ? undefined : order;
  }

  figures(): RobustnessReport['predictions'] {
    const pairs = new Map<number, { label: number; predicted: number; clean: number; worstCase: number }>();
    const count = (label: number, predicted: number, field: 'clean' | 'worstCase') => {
      const key = label * 2 ** 26 + predicted;
      const pair = pairs.get(key) ?? { label, predicted, clean: 0, worstCase: 0 };
      if (pair.clean + pair.worstCase === 0) pairs.set(key, pair);
      pair[field]++;
    };
    for (let place = 0; place < this.labels.length; place++) {
      const [label, clean] = [this.labels.at(place), this.clean.at(place)];
      count(label, clean, 'clean');
      count(label, this.largest.at(place) > 0 ? this.worst.at(place) : clean, 'worstCase');
    }
    return [...pairs.values()].sort((a, b) => a.label - b.label || a.predicted - b.predicted);
  }
}

/** The model failed. */
const none = -1;

const int32 = () => new Growing((length) => new Int32Array(length));

/** Notes the order, from 0, where it is the first so far. */
function first(orders: Growing<Int32Array>, place: number, order: number): boolean {
  const known = orders.at(place);
  if (known > 0 && known <= order + 1) return false;
  orders.set(place, order + 1);
  return true;
}
