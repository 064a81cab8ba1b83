import { readFileSync } from 'node:fs';

/** Milliseconds since some moment. */
export type Clock = () => number;

export const wallClock: Clock = () => performance.now();

/** What this process has used of all processors: blind to what else the machine does. */
export const processorClock: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What the main thread has used of a processor: JavaScript, but not ONNX Runtime, which computes in another thread. */
export const mainThreadClock: Clock = () => {
  const [nanoseconds] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
};
