/** Whether the gates are looked at after so many samples: after each of the first hundred, then after each hundredth more. */
export function isLook(samples: number): boolean {
  return samples % Math.ceil(samples / 100) === 0;
}
