// Elementary functions on vectors of float and of double, and on single numbers by the same arithmetic. No library is
// called: WASM has none. Float within 2½ units in the last place, double within 4; exact at zeros (signed), infinities, NaN.
// Results and arguments below the normal numbers may count as zero.
#pragma once
#include "math/erf.h"
#include "math/exp.h"
#include "math/pow.h"
#include "math/trig.h"

namespace NABLA_ISA {

#define NABLA_SCALAR_FUNCTION(name)                                                   \
  ALWAYS_INLINE float name(float x) { return name(splat<float>(x))[0]; }              \
  ALWAYS_INLINE double name(double x) { return name(splat<double>(x))[0]; }
NABLA_SCALAR_FUNCTION(exp)
NABLA_SCALAR_FUNCTION(expm1)
NABLA_SCALAR_FUNCTION(log)
NABLA_SCALAR_FUNCTION(log1p)
NABLA_SCALAR_FUNCTION(log2)
NABLA_SCALAR_FUNCTION(sin)
NABLA_SCALAR_FUNCTION(cos)
NABLA_SCALAR_FUNCTION(tan)
NABLA_SCALAR_FUNCTION(tanh)
NABLA_SCALAR_FUNCTION(sigmoid)
NABLA_SCALAR_FUNCTION(erf)
NABLA_SCALAR_FUNCTION(atan)
NABLA_SCALAR_FUNCTION(sqrt)
#undef NABLA_SCALAR_FUNCTION
ALWAYS_INLINE float pow(float x, float y) { return pow(splat<float>(x), splat<float>(y))[0]; }
ALWAYS_INLINE double pow(double x, double y) { return pow(splat<double>(x), splat<double>(y))[0]; }

}  // namespace NABLA_ISA
