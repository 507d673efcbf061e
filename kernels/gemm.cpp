// Matrix products C = op(A) · op(B): see Gemm and GemmFlags for the arguments.
#include "gemm/driver.h"

namespace NABLA_ISA {

void multiply_on_all_threads(const Gemm<float>& p) { multiply(p, ON_ALL_THREADS); }
void multiply_on_all_threads(const Gemm<double>& p) { multiply(p, ON_ALL_THREADS); }

KERNEL(gemm_f32, const float* a, const float* b, float* c, const float* bias, idx m, idx n, idx k, idx lda, idx ldb,
       idx ldc, int flags) {
  multiply_on_all_threads(Gemm<float>{a, b, c, bias, m, n, k, lda, ldb, ldc, flags});
}
KERNEL(gemm_f64, const double* a, const double* b, double* c, const double* bias, idx m, idx n, idx k, idx lda, idx ldb,
       idx ldc, int flags) {
  multiply_on_all_threads(Gemm<double>{a, b, c, bias, m, n, k, lda, ldb, ldc, flags});
}

// `batch` products without a bias, operands stride_a, stride_b, stride_c elements apart; a stride of 0 shares a or b.
KERNEL(gemm_batched_f32, const float* a, const float* b, float* c, idx batch, idx stride_a, idx stride_b, idx stride_c,
       idx m, idx n, idx k, idx lda, idx ldb, idx ldc, int flags) {
  const Gemm<float> first{a, b, c, nullptr, m, n, k, lda, ldb, ldc, flags & ~ADD_BIAS};
  multiply_batch(first, batch, stride_a, stride_b, stride_c);
}
KERNEL(gemm_batched_f64, const double* a, const double* b, double* c, idx batch, idx stride_a, idx stride_b, idx stride_c,
       idx m, idx n, idx k, idx lda, idx ldb, idx ldc, int flags) {
  const Gemm<double> first{a, b, c, nullptr, m, n, k, lda, ldb, ldc, flags & ~ADD_BIAS};
  multiply_batch(first, batch, stride_a, stride_b, stride_c);
}

}  // namespace NABLA_ISA
