"""A benchmark server: one JSON request per line on stdin, one JSON answer per line on stdout.

  {"name": "mlp_adam_step", "seconds": 0.5, "threads": 2}   measures that workload
  {"name": "mlp_adam_step/best", ...}                       its fastest variant, found at the first such request
  {"name": "list"}                                          the names, the version, the BLAS

The answer to a measurement is {name, variant, median_us, p10_us, p90_us, n, torch, threads}, or
{name, error}. State is kept between requests, so a caller can interleave short rounds of this server
with its own.
"""
import gc
import json
import statistics
import sys
import time

import torch

from workloads import WORKLOADS, build, variants_of

BEST = "/best"
WARM_UP_SHARE = 0.2
TRIAL_ROUNDS, TRIAL_SECONDS = 3, 0.1

steps = {}
fastest = {}


def get_step(name):
    if name not in steps:
        torch.manual_seed(777)
        steps[name] = build(name)
    return steps[name]


def run_for(seconds, step):
    """Microseconds of each call of step, over the time given."""
    clock = time.perf_counter_ns
    times = []
    end = clock() + seconds * 1e9
    now = clock()
    while now < end or len(times) < 5:
        step()
        after = clock()
        times.append((after - now) / 1e3)
        now = clock()
    return times


def measure(name, seconds):
    step = get_step(name)
    gc.collect()
    gc.disable()
    try:
        run_for(seconds * WARM_UP_SHARE, step)
        return sorted(run_for(seconds, step))
    finally:
        gc.enable()


def find_fastest(name):
    """The variant with the lowest median, over rounds in turn."""
    medians = {}
    for _ in range(TRIAL_ROUNDS):
        for variant in variants_of(name):
            median = statistics.median(measure(variant, TRIAL_SECONDS))
            medians[variant] = min(median, medians.get(variant, median))
    if not medians:
        build(name)  # says that there is no such workload
    return min(medians, key=medians.get)


def resolve(name, threads):
    if not name.endswith(BEST):
        return name
    key = (name, threads)
    if key not in fastest:
        fastest[key] = find_fastest(name[:-len(BEST)])
    return fastest[key]


def loaded_blas():
    """MKL is linked in; any other BLAS shows as a mapped library (Linux)."""
    if torch.backends.mkl.is_available():
        return "mkl"
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    return ", ".join(sorted(paths))


def describe():
    return {
        "name": "list",
        "torch": torch.__version__,
        "blas": loaded_blas(),
        "workloads": sorted(WORKLOADS),
    }


def answer(request):
    name = request["name"]
    if name == "list":
        return describe()
    threads = int(request.get("threads", 2))
    torch.set_num_threads(threads)
    variant = resolve(name, threads)
    times = measure(variant, float(request.get("seconds", 0.5)))
    last = len(times) - 1
    return {
        "name": name,
        "variant": variant,
        "median_us": round(statistics.median(times), 3),
        "p10_us": round(times[last // 10], 3),
        "p90_us": round(times[last * 9 // 10], 3),
        "n": len(times),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }


def answer_line(line):
    name = None
    try:
        request = json.loads(line)
        name = request.get("name")
        return answer(request)
    except Exception as error:  # the caller gets it; the server lives on
        return {"name": name, "error": f"{type(error).__name__}: {error}"}


def main():
    torch.set_flush_denormal(True)
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer_line(line)), flush=True)


if __name__ == "__main__":
    main()
