import type { RobustnessReport } from '../../core/report.ts';
import { worstCaseSeries } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { atLargestEpsilon } from '../atLargestEpsilon.ts';
import { caveat } from '../caveat.ts';
import { count, epsilonText, interval, normNames, percent } from '../figures.ts';
import { sentence } from '../sentence.ts';
import { capital } from './capital.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { spoken } from './named.ts';
import { rangeBar } from './rangeBar.ts';
import { shapeOf, toneOf, wordOf } from './status.ts';

/** The result at a glance: a word, a sentence, the figures that matter. */
export function verdict({ report }: Result): Html {
  const { verdict: status } = report;
  return html`<div class="verdict tone-${toneOf(status)}">
<div class="said-verdict">${shapeOf(status)}<div><p class="word">${wordOf(status)}</p><p class="sentence">${spoken(sentence(report))}</p><p class="caveat">${caveat}</p></div></div>
<dl class="tiles">${tiles(report)}</dl>
</div>`;
}

function tiles(report: RobustnessReport): Html[] {
  const { measure, clean, worstCase, threat, dataset } = report;
  const attacked = atLargestEpsilon(report).length > 0;
  const budget = `${normNames[threat.norm]} epsilon ${epsilonText(threat.epsilon)}`;
  const { robustAccuracy8bit: rounded } = worstCase;
  return [
    tile(`Clean ${measure}`, percent(clean.accuracy), measure === 'stability' ? 'by definition' : interval(clean.interval), bar(clean.accuracy, measure === 'stability' ? undefined : clean.interval, 'calm')),
    ...(attacked ? [tile(capital(worstCaseSeries), percent(worstCase.robustAccuracy), interval(worstCase.interval), bar(worstCase.robustAccuracy, worstCase.interval, 'strong'))] : []),
    ...(attacked && rounded !== undefined ? [tile('Rounded to 8 bits', percent(rounded), 'worst case of saved images', bar(rounded, undefined, ''))] : []),
    tile('Examples', count(dataset.examples), budget),
  ];
}

function bar(value: number, range: readonly [number, number] | undefined, tone: string): Html {
  return rangeBar({ value, interval: range, tone });
}

function tile(title: string, figure: string, below: string, picture?: Html): Html {
  return html`<div class="tile"><dt>${title}</dt><dd><span class="figure">${figure}</span>${picture}<span class="below">${below}</span></dd></div>`;
}
