#!/usr/bin/env bash
# Sets up both PyTorch versions that the benchmarks compare against. Safe to run again.
#
#   torch1  PyTorch 1.13 as Debian 12 packages it, with the OpenMP build of OpenBLAS
#   torch2  the current PyTorch from PyPI, in a virtual environment outside the repository
#
# Usage: install.sh [torch1] [torch2]     (both by default)
set -euo pipefail

VENV="${NABLA_BENCH_HOME:-$HOME/.cache/nabla-bench}/torch2"
APT_PACKAGES=(python3-torch python3-torchvision python3-pil python3-numpy libopenblas0-openmp python3-venv)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_apt() {
  dpkg -s "$@" >/dev/null 2>&1 && return
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_torch1() {
  install_apt "${APT_PACKAGES[@]}"
}

# The PyPI build for Linux is linked against the CUDA libraries, so it does not even import without
# them. Taken are the versions the wheel asks for, without triton and the CUDA bindings, which only
# a GPU needs (4.4 GB on disk; no smaller build is on PyPI).
cuda_requirements() {
  "$VENV/bin/python" - <<'PYTHON'
from importlib.metadata import requires
import re

UNUSED_ON_CPU = ("cuda-bindings", "triton")
for line in requires("torch"):
    requirement, _, marker = line.partition(";")
    if "extra ==" in marker or re.match("|".join(UNUSED_ON_CPU), requirement):
        continue
    print(requirement.strip())
PYTHON
}

install_torch2() {
  if "$VENV/bin/python" -c 'import torch, torchvision' 2>/dev/null; then return; fi
  local python=/usr/bin/python3
  "$python" -c 'import ensurepip' 2>/dev/null || install_apt python3-venv
  mkdir -p "$(dirname "$VENV")"
  "$python" -m venv --clear "$VENV"
  local pip=("$VENV/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check)
  "${pip[@]}" --no-deps torch torchvision
  cuda_requirements > "$VENV/requirements.txt"
  "${pip[@]}" -r "$VENV/requirements.txt" numpy pillow
}

here="$(cd "$(dirname "$0")" && pwd)"
for version in "${@:-torch1 torch2}"; do
  for name in $version; do
    "install_$name"
    "$here/with-torch.sh" "$name" -c 'import torch, torchvision
print("torch", torch.__version__, "torchvision", torchvision.__version__)'
  done
done
