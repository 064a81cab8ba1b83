/**
 * Adversarial training of the bundled model: accuracies on validation examples and seconds, epoch by epoch; the best is
 * saved where a folder is named. `npx tsx bench/harden.ts ['pgd(steps=7)'] [EPOCHS] [FOLDER]`
 */
import { harden } from '../src/plan/harden/harden.ts';

const [method = 'pgd', epochs = '20', folder] = process.argv.slice(2);
const run = harden({ method, epochs: Number(epochs) }, { note: console.log });
let last = performance.now();
for (let next = await run.next(); ; next = await run.next()) {
  if (next.done) {
    if (folder !== undefined) console.log(await next.value.save(folder));
    break;
  }
  const { epoch, loss, trainingAccuracy, clean, robust, best } = next.value;
  const now = performance.now();
  const figures = Object.entries({ loss, training: trainingAccuracy, clean, robust }).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  console.log(`epoch ${epoch}  ${figures.join('  ')}  ${((now - last) / 1000).toFixed(1)} s${best ? '  best' : ''}`);
  last = now;
}
