// The head of one instruction set's kernel list, under a C name that the addon can ask for.
#include "../kernel.h"

namespace NABLA_ISA {
const Kernel* first_kernel = nullptr;
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
extern "C" const Kernel* JOIN(nabla_kernels_, NABLA_ISA)() { return NABLA_ISA::first_kernel; }
