/** How much do more steps and restarts find? Two strengths of PGD on the bundled model: `npx tsx examples/scan.ts`. */
import { openDataset, openModel, pgd, scan } from 'breakwater';

const model = await openModel('models/zoo/fashion-cnn');
const data = await openDataset('fashion-mnist:test');

const report = await scan({
  model,
  data,
  attacks: [pgd({ steps: 10 }), pgd({ steps: 40, restarts: 3 })],
  norm: 'linf',
  epsilon: 0.1,
  limit: 200,
});

console.log(`clean: ${report.clean.accuracy}`);
for (const { options, robustAccuracy, interval } of report.attacks) {
  console.log(`pgd, ${String(options['steps'])} steps × ${String(options['restarts'])}: ${robustAccuracy} (95 % interval ${interval.join(' to ')})`);
}
model.close();
