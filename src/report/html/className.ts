import type { RobustnessReport } from '../../core/report.ts';

/** As the data name it; −1: the model gave none. */
export function className({ classNames }: Pick<RobustnessReport['dataset'], 'classNames'>, label: number): string {
  return label < 0 ? 'failed' : (classNames?.[label] ?? `class ${label}`);
}
