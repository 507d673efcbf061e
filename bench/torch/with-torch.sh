#!/usr/bin/env bash
# Runs Python with one of the two PyTorch versions at its best: OpenBLAS with OpenMP for torch1
# (torch2 carries MKL), and a malloc that never returns memory to the system.
#
# Usage: with-torch.sh torch1|torch2 <python arguments>
set -euo pipefail

OPENBLAS="/usr/lib/$(uname -m)-linux-gnu/openblas-openmp/libopenblas.so.0"
VENV="${NABLA_BENCH_HOME:-$HOME/.cache/nabla-bench}/torch2"

export MALLOC_MMAP_MAX_=0              # never a mapping of its own for a large block
export MALLOC_TRIM_THRESHOLD_=17179869184
export MALLOC_TOP_PAD_=67108864
export PYTHONDONTWRITEBYTECODE=1

case "${1:-}" in
  torch1)
    [ -e "$OPENBLAS" ] || { echo "no $OPENBLAS: run install.sh torch1" >&2; exit 1; }
    # OpenBLAS takes processors newer than itself for a Prescott, and is then five times as slow.
    if grep -q avx512dq /proc/cpuinfo; then export OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE:-SkylakeX}"; fi
    shift
    LD_PRELOAD="$OPENBLAS" exec /usr/bin/python3 "$@" ;;
  torch2)
    [ -x "$VENV/bin/python" ] || { echo "no $VENV: run install.sh torch2" >&2; exit 1; }
    shift
    exec "$VENV/bin/python" "$@" ;;
  *)
    echo "usage: with-torch.sh torch1|torch2 <python arguments>" >&2; exit 2 ;;
esac
