// Orthonormal rows, for orthogonal initial weights.
#include "elementwise.h"
#include "math/fold.h"

namespace NABLA_ISA {

/** Makes the rows of a [count, length] matrix orthonormal, first to last: Gram–Schmidt, each row twice against all before. */
KERNEL(orthonormalize_f64, double* rows, idx count, idx length) {
  auto dot = [=](const double* a, const double* b) {
    return fold_lanes<Sum>(fold_vectors<Sum, double>(
        length, [=](idx k) { return load(a + k) * load(b + k); },
        [=](idx k, idx some) { return load_some(a + k, some) * load_some(b + k, some); }));
  };
  for (idx i = 0; i < count; i++) {
    double* row = rows + i * length;
    for (int pass = 0; pass < 2; pass++) {
      for (idx j = 0; j < i; j++) {
        const double* other = rows + j * length;
        const V<double> share = dot(row, other);
        map<4>(row, length, [=](V<double> x, V<double> o) { return x - o * share; }, Elements<double>{row}, Elements<double>{other});
      }
    }
    const V<double> scale = 1 / sqrt(dot(row, row));
    map<4>(row, length, [=](V<double> x) { return x * scale; }, Elements<double>{row});
  }
}

}  // namespace NABLA_ISA
