// The most multiply-adds this machine does, as the yardstick of the benchmarks.
#include "parallel.h"
#include "simd.h"

namespace NABLA_ISA {

/** Multiply-adds in independent chains, `iterations` rounds each in 64 tasks; returns the number of operations done. */
KERNEL_RETURNING(double, fma_peak_f32, idx iterations) {
  constexpr int CHAINS = 12, TASKS = 64;  // enough chains to hide the latency of two units
  parallel_tasks(TASKS, [&](idx, int) {
    V<float> sum[CHAINS], factor = splat(0.999f), step = splat(0.001f);
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++) sum[i] = splat(static_cast<float>(i));
    for (idx round = 0; round < iterations; round++) {
#pragma GCC unroll 16
      for (int i = 0; i < CHAINS; i++) sum[i] = fma(sum[i], factor, step);
    }
    V<float> total = sum[0];
#pragma GCC unroll 16
    for (int i = 1; i < CHAINS; i++) total += sum[i];
    volatile float kept = sum_lanes<float>(total);
    (void)kept;
  });
  return 2.0 * LANES<float> * CHAINS * TASKS * static_cast<double>(iterations);
}

/**
 * The same with operands that change from step to step, x ← 1 − 1.9·x² in two multiply-adds. A processor at its power limit
 * does fewer of these than of the ones above, whose operands settle: this is the peak that a matrix product can be held to.
 */
KERNEL_RETURNING(double, fma_peak_changing_f32, idx iterations) {
  constexpr int CHAINS = 12, TASKS = 64, PER_ROUND = 2;
  parallel_tasks(TASKS, [&](idx task, int) {
    V<float> x[CHAINS], slope = splat(-1.9f), one = splat(1.0f), little = splat(1e-6f);
    for (int i = 0; i < CHAINS; i++) {
      float start[LANES<float>];
      for (int lane = 0; lane < LANES<float>; lane++)
        start[lane] = 0.05f + 0.9f * static_cast<float>((lane * 37 + i * 101 + task * 53) % 211) / 211.0f;
      x[i] = load(start);
    }
    for (idx round = 0; round < iterations; round++) {
#pragma GCC unroll 16
      for (int i = 0; i < CHAINS; i++) {
        const V<float> scaled = fma(x[i], slope, little);
        x[i] = fma(scaled, x[i], one);
      }
    }
    V<float> total = x[0];
    for (int i = 1; i < CHAINS; i++) total += x[i];
    volatile float kept = sum_lanes<float>(total);
    (void)kept;
  });
  return 2.0 * PER_ROUND * LANES<float> * CHAINS * TASKS * static_cast<double>(iterations);
}

}  // namespace NABLA_ISA
