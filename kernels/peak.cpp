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

}  // namespace NABLA_ISA
