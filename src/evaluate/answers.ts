import type { Answer, PointQuery } from '../core/attack.ts';
import type { Gradients, Oracle, Predictions } from '../core/oracle.ts';
import type { Ledger } from './ledger.ts';
import { argmax, isUseful } from './prediction.ts';
import { RowViews } from './rowViews.ts';

/** An answer that is filled in again for every query. */
export type OpenAnswer = { -readonly [Field in keyof Answer]: Answer[Field] };

const nothing = new Float32Array(0);
export const blankAnswer = (): OpenAnswer => ({ label: -1, fooled: false, logits: nothing, loss: NaN, gradient: nothing });

/** What the oracle says of one batch, row by row. */
export class Answers {
  private readonly oracle: Oracle;
  private readonly logitViews: RowViews;
  private readonly gradientViews: RowViews;
  private logits: readonly Float32Array[] = [];
  private loss: Float32Array | undefined;
  private gradients: readonly Float32Array[] | undefined;

  constructor(oracle: Oracle) {
    this.oracle = oracle;
    this.logitViews = new RowViews(oracle.classes);
    this.gradientViews = new RowViews(oracle.size);
  }

  /** Takes a batch's answers, which live as long as the oracle keeps them. */
  take(result: Predictions | Gradients, rows: number): void {
    this.logits = this.logitViews.of(result.logits, rows);
    const differentiated = 'gradient' in result;
    this.loss = differentiated ? result.loss : undefined;
    this.gradients = differentiated ? this.gradientViews.of(result.gradient, rows) : undefined;
  }

  /** Fills `answer` from one row, and notes it in the ledger; false, and a failure there, when a logit is not finite. */
  read(row: number, query: PointQuery, ledger: Ledger, answer: OpenAnswer): boolean {
    const logits = this.logits[row] as Float32Array;
    const gradient = this.gradients?.[row];
    if (gradient) ledger.gradientQueries++;
    else ledger.forwardQueries++;
    answer.label = argmax(logits);
    if (answer.label < 0) {
      ledger.failure = new Error(`the model's logits are not finite: ${logits.slice(0, 10).join(', ')}`);
      return false;
    }
    answer.fooled = ledger.goal !== undefined && ledger.goal.margin(logits) > this.oracle.logitError;
    if (answer.fooled) ledger.onFooled?.(query.at);
    answer.logits = query.want === 'label' ? nothing : logits;
    answer.loss = this.loss?.[row] ?? NaN;
    answer.gradient = gradient ?? nothing;
    if (gradient) ledger.restraint?.hold(gradient);
    // A loss may well be flat beyond the goal, as DLR is where the label comes third.
    if (gradient && !answer.fooled && !isUseful(gradient)) ledger.uselessGradients++;
    return true;
  }
}

/** An answer that outlives its batch. */
export function copied(answer: OpenAnswer): Answer {
  return { ...answer, logits: answer.logits.slice(), gradient: answer.gradient.slice() };
}
