// What a convolution is given, and how its work is cut. All of it follows from the shape alone.
#pragma once
#include "../gemm/problem.h"

namespace NABLA_ISA {

/** One of the two axes of a convolution. Output i reads inputs i·stride + k·dilation − pad for the taps k of the kernel. */
struct ConvAxis {
  idx in, out, kernel, stride, dilation, pad;
};

/** Images [n, groups · in, y.in, x.in], weights [groups · out, in, y.kernel, x.kernel] → [n, groups · out, y.out, x.out]. */
struct ConvShape {
  idx n, groups, in, out;  // channels of one group
  ConvAxis y, x;

  /** As JavaScript lists it: the fields in their order. */
  static ConvShape read(const double* from) {
    ConvShape s;
    auto next = [&] { return static_cast<idx>(*from++); };
    s.n = next(), s.groups = next(), s.in = next(), s.out = next();
    auto axis = [&](ConvAxis& a) {
      a.in = next(), a.out = next(), a.kernel = next(), a.stride = next(), a.dilation = next(), a.pad = next();
    };
    axis(s.y), axis(s.x);
    return s;
  }
  idx taps() const { return y.kernel * x.kernel; }
  idx input_plane() const { return y.in * x.in; }
  idx output_plane() const { return y.out * x.out; }
  idx weights() const { return groups * out * in * taps(); }
};

// The WASM stays small: of the ways that suit some shapes better, it has the one that is worth most.
#ifdef __wasm__
constexpr bool EVERY_WAY = false;
#else
constexpr bool EVERY_WAY = true;
#endif

ALWAYS_INLINE idx larger(idx a, idx b) { return a > b ? a : b; }
ALWAYS_INLINE idx round_up(idx a, idx b) { return divide_up(a, b) * b; }
ALWAYS_INLINE idx floor_divide(idx a, idx b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

/**
 * How one axis of a patch mirrors the source, so that every tap of neighbouring results is read from neighbouring elements:
 * element i of phase p holds source element (first + i) · step + p − before, or zero where there is none.
 */
struct PatchAxis {
  idx source, step, phases, before;
  idx reach;   // elements that the taps reach beyond the results
  idx window;  // the results that are computed from patches like this

  /** The patches from which a convolution computes its output. */
  static PatchAxis convolution(const ConvAxis& a) {
    idx phases = 1;
    for (idx k = 0; k < a.kernel && phases < a.stride; k++) phases = larger(phases, k * a.dilation % a.stride + 1);
    return {a.in, a.stride, phases, a.pad, (a.kernel - 1) * a.dilation / a.stride, a.out};
  }
  /** The patches of its output from which the transposed convolution computes the input, all residues of a stride at once. */
  static PatchAxis transposed(const ConvAxis& a) {
    const idx lowest = floor_divide(a.pad - (a.kernel - 1) * a.dilation, a.stride);
    const idx highest = floor_divide(a.stride - 1 + a.pad, a.stride);
    return {a.out, 1, 1, -lowest, highest - lowest, divide_up(a.in, a.stride)};
  }
};

constexpr idx PATCH_BYTES = 384 << 10;    // so that a patch and the weights stay in the second-level cache
constexpr idx WIDE_ROW_BYTES = 1 << 20;   // a patch of one row of results that is larger is cut into columns
constexpr idx CONV_TASKS = 128;           // at most; about CONV_ENOUGH keep all threads busy
constexpr idx CONV_ENOUGH = 16;
constexpr idx CONV_ROWS = 512;            // output channels of one task

/** The layout of a patch in memory: [channel][phase of y][phase of x][row][column], planes at distances that share no cache set. */
template <class T> struct PatchLayout {
  PatchAxis y, x;
  idx channels, rows, columns;  // rows and columns of results that it serves
  idx width, slot, plane;       // distances of rows, of phases and of channels

  PatchLayout(const PatchAxis& y, const PatchAxis& x, idx channels, idx rows, idx columns)
      : y(y), x(x), channels(channels), rows(rows), columns(columns) {
    constexpr idx LINE = 64 / sizeof(T);
    width = columns + x.reach;
    slot = (rows + y.reach) * width;
    plane = (divide_up(y.phases * x.phases * slot, LINE) | 1) * LINE;
  }
  /** Elements of a patch, with the vector that may be read beyond the last. */
  idx size() const { return round_up(channels * plane + LANES<T>, 64 / sizeof(T)); }
  idx bytes() const { return size() * static_cast<idx>(sizeof(T)); }
};

/** The rows and columns of results cut into bands, each computed from one patch. */
template <class T> struct Bands {
  EvenSplit y, x;

  /** `least` bands at least, where there are as many rows. */
  Bands(const PatchAxis& ay, const PatchAxis& ax, idx channels, idx budget, idx least) : y{ay.window, 1}, x{ax.window, 1} {
    constexpr idx L = LANES<T>;
    auto bytes = [&](idx rows, idx columns) { return PatchLayout<T>(ay, ax, channels, rows, columns).bytes(); };
    idx columns = ax.window;
    while (columns > 4 * L && bytes(1, columns) > WIDE_ROW_BYTES) columns = round_up(divide_up(columns, 2), L);
    x.parts = divide_up(ax.window, columns);
    idx rows = ay.window;
    while (rows > 1 && bytes(rows, columns) > budget) rows = divide_up(rows, 2);
    y.parts = smaller(larger(divide_up(ay.window, rows), divide_up(least, x.parts)), ay.window);
  }
  idx count() const { return y.parts * x.parts; }
  idx rows() const { return y.size(0); }
  idx columns() const { return x.size(0); }
};

/** Scratch may begin anywhere; what is laid out in it begins at a line. */
constexpr idx SCRATCH_LINE = 64;
ALWAYS_INLINE char* at_line(void* p) {
  return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(p) + SCRATCH_LINE - 1) & ~uintptr_t{SCRATCH_LINE - 1});
}

}  // namespace NABLA_ISA
