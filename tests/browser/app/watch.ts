/** What `work` gives, and the longest time in milliseconds in which no timer of this thread ran meanwhile. */
export async function watched<T>(work: () => Promise<T>): Promise<{ result: T; longest: number }> {
  let [last, longest, running] = [performance.now(), 0, true];
  const tick = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (running) setTimeout(tick, 0);
  };
  tick();
  const result = await work();
  running = false;
  return { result, longest };
}
