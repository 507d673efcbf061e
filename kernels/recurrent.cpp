// Recurrent layers over a whole sequence: one call walks through all steps. Forward keeps what backward reads; backward
// gives the gradients of the gates before their functions, and of the first states. The gradients of weights and inputs
// are products of those with what was kept.
//
// Rows lie in the order of the steps: dense [steps, batch], or packed, where step t has sizes[t] rows. `reverse` walks from
// the last step to the first. Scratch: 32 columns more than the weights have, which is more than a panel.
#include "recurrent.h"

namespace NABLA_ISA {

// ---- LSTM: gates i, f, g, o; c = f·c + i·g, h = o·tanh(c) ------------------------------------------------------------

/** `units` of one row: sums become gates in place. `tanh_c` may be null. */
template <class T>
static __attribute__((noinline)) void lstm_row(T* gates, T* cell, T* cell_before, T* tanh_c, T* out, idx hidden, idx units) {
  each_vector<T>(units, [=](idx j, int n) {
    const V<T> i = sigmoid(load_lanes(gates + j, n)), f = sigmoid(load_lanes(gates + hidden + j, n));
    const V<T> g = tanh(load_lanes(gates + 2 * hidden + j, n)), o = sigmoid(load_lanes(gates + 3 * hidden + j, n));
    const V<T> before = load_lanes(cell + j, n), c = fma(f, before, i * g), t = tanh(c);
    store_lanes(cell + j, c, n), store_lanes(out + j, o * t, n);
    if (!tanh_c) return;
    store_lanes(gates + j, i, n), store_lanes(gates + hidden + j, f, n);
    store_lanes(gates + 2 * hidden + j, g, n), store_lanes(gates + 3 * hidden + j, o, n);
    store_lanes(cell_before + j, before, n), store_lanes(tanh_c + j, t, n);
  });
}

/** One row: the gradient of h and of the cell in `dc` become those of the sums and of the cell before. */
template <class T>
static __attribute__((noinline)) void lstm_row_backward(const T* dh, T* dc, const T* gates, const T* cell_before,
                                                        const T* tanh_c, T* d, idx hidden) {
  each_vector<T>(hidden, [=](idx j, int n) {
    const V<T> i = load_lanes(gates + j, n), f = load_lanes(gates + hidden + j, n);
    const V<T> g = load_lanes(gates + 2 * hidden + j, n), o = load_lanes(gates + 3 * hidden + j, n);
    const V<T> h = load_lanes(dh + j, n), t = load_lanes(tanh_c + j, n);
    const V<T> c = load_lanes(dc + j, n) + h * o * (1 - t * t);
    store_lanes(d + j, c * g * i * (1 - i), n);
    store_lanes(d + hidden + j, c * load_lanes(cell_before + j, n) * f * (1 - f), n);
    store_lanes(d + 2 * hidden + j, c * i * (1 - g * g), n);
    store_lanes(d + 3 * hidden + j, h * t * o * (1 - o), n);
    store_lanes(dc + j, c * f, n);
  });
}

/** A single step of a single row, in parts that read and write what no other part does, but for x and h0. */
template <class T>
static void lstm_step(const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, const T* c0, T* h,
                      T* c, T* gates, T* both, T* c_before, T* tanh_c, T* out, T* scratch, idx parts, idx inputs, idx hidden) {
  if (both) start_state(h, h0, hidden), join_rows(both, inputs + hidden + 1, x, inputs, h, hidden, 1);
  each_part<T>(parts, hidden, [=](Range units) {
    const Weights<T> input{ih, 4 * hidden, inputs, true};
    const RowDots<T> of_state{h0, hh, hidden, hidden};
    const idx at = units.begin;
    for (idx g = 0; g < 4; g++) sum_biases(bias_ih, bias_hh, scratch, Range{g * hidden + at, units.size});
    input.multiply_units(x, gates, 0, bias_ih ? scratch : nullptr, units, hidden, 4, h0 ? &of_state : nullptr);
    start_state(c + at, c0 ? c0 + at : nullptr, units.size);
    lstm_row(gates + at, c + at, tanh_c ? c_before + at : nullptr, tanh_c ? tanh_c + at : nullptr, out + at, hidden, units.size);
    copy_rows(h + at, out + at, units.size);
  });
}

/**
 * `both`, if not null, keeps the rows [x | h | 1] of all steps: gradients of the sums times them are those of weights and
 * bias. With a projection `hr` [out, hidden] the state has `out` elements, else as many as `hidden`.
 */
template <class T>
static void lstm_forward(const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* hr, const T* h0,
                         const T* c0, T* h, T* c, T* gates, T* both, T* c_before, T* tanh_c, T* raw, T* out, T* scratch,
                         const Sequence& s, idx inputs, idx hidden, idx width, bool reverse) {
  const idx n = 4 * hidden, joint = inputs + width + (both ? 1 : 0);
  JointWeights<T> weights(ih, hh, n, inputs, width);
  Weights<T> projection{hr, width, hidden, true};
  const bool in_steps = weights.in_steps(s);
  const idx parts = parts_of_row(s.batch, hidden, n * joint);
  if (parts && s.rows == 1 && !hr)
    return lstm_step(x, ih, hh, bias_ih, bias_hh, h0, c0, h, c, gates, both, c_before, tanh_c, out, scratch, parts, inputs, hidden);
  const T* const bias = sum_biases(bias_ih, bias_hh, scratch, Range{0, n});
  if (!in_steps) project_input(x, ih, bias, gates, s.rows, n, inputs);
  T *const row_scratch = scratch + n, *rest = row_scratch + (both ? 0 : s.batch * joint);
  if (s.packs()) {
    rest = weights.pack(rest, in_steps);
    if (hr) projection.pack(rest);
  }
  start_state(h, h0, s.batch * width), start_state(c, c0, s.batch * hidden);
  s.each_tile(weights.joint.bytes(), [&](Range tile, int thread) {
    T *const state = h + tile.begin * width, *const cell = c + tile.begin * hidden;
    s.walk(tile, !reverse, [&](idx row, idx active, idx count) {
      T* const before = both ? both + row * joint : row_scratch + tile.begin * joint;
      join_rows(before, joint, x + row * inputs, inputs, state, width, active);
      T *const sums = gates + row * n, *const to = (hr ? raw : out) + row * hidden;
      const bool has_state = count > 0 || h0;
      auto finish_row = [=](idx i, Range units) {
        const idx at = i * hidden + units.begin, kept = row * hidden + at;
        lstm_row(sums + i * n + units.begin, cell + at, tanh_c ? c_before + kept : nullptr, tanh_c ? tanh_c + kept : nullptr,
                 to + at, hidden, units.size);
      };
      if (parts) {
        each_part<T>(parts, hidden, [=](Range units) {
          if (has_state) weights.state.multiply_units(state, sums, ACCUMULATE, nullptr, units, hidden, 4);
          finish_row(0, units);
        });
      } else {
        if (in_steps) weights.joint.multiply(before, joint, sums, n, active, bias ? ADD_BIAS : 0, bias, thread);
        else if (has_state) weights.state.multiply(state, width, sums, n, active, ACCUMULATE, nullptr, thread);
        for (idx i = 0; i < active; i++) finish_row(i, {0, hidden});
      }
      if (hr) projection.multiply(to, hidden, out + row * width, width, active, 0, nullptr, thread);
      copy_rows(state, out + row * width, active * width);
    });
  });
}

template <class T>
static void lstm_backward(const T* dout, const T* dhn, const T* dcn, const T* gates, const T* c_before, const T* tanh_c,
                          const T* hh, const T* hr, T* dgates, T* dprojected, T* dh, T* dc, T* scratch, const Sequence& s,
                          idx hidden, idx width, bool reverse, bool wants_h0) {
  const idx n = 4 * hidden;
  Weights<T> recurrent{hh, width, n, false}, projection{hr, hidden, width, false};
  T* const raw = scratch;  // the gradient before the projection, of one step
  T* const rest = scratch + (hr ? s.batch * hidden : 0);
  if (s.packs()) {
    T* const more = recurrent.pack(rest);
    if (hr) projection.pack(more);
  }
  start_state(dh, dhn, s.batch * width), start_state(dc, dcn, s.batch * hidden);
  s.each_tile(recurrent.bytes(), [&](Range tile, int thread) {
    T *const state = dh + tile.begin * width, *const cell = dc + tile.begin * hidden;
    s.walk(tile, reverse, [&](idx row, idx active, idx count) {
      if (dout) add_rows(state, dout + row * width, active * width);
      const T* from = state;
      if (hr) {
        copy_rows(dprojected + row * width, state, active * width);
        T* const to = raw + tile.begin * hidden;
        projection.multiply(state, width, to, hidden, active, 0, nullptr, thread);
        from = to;
      }
      for (idx i = 0; i < active; i++)
        lstm_row_backward(from + i * hidden, cell + i * hidden, gates + (row + i) * n, c_before + (row + i) * hidden,
                          tanh_c + (row + i) * hidden, dgates + (row + i) * n, hidden);
      if (count + 1 < s.steps || wants_h0)
        recurrent.multiply(dgates + row * n, n, state, width, active, 0, nullptr, thread);
    });
  });
}

// ---- GRU: gates r, z, n; n = tanh(x + r·(W h + b)), h = n + z·(h − n) ------------------------------------------------

/**
 * `units` of one row: the sums of the input become gates in place; `sums` are those of the state. `joint`: the first two
 * gates are sums of both already.
 */
template <class T>
static __attribute__((noinline)) void gru_row(T* gates, const T* sums, T* inner, const T* state, T* out, idx hidden,
                                              idx units, bool joint) {
  each_vector<T>(units, [=](idx j, int k) {
    auto sum_of = [=](idx i) {
      const V<T> sum = load_lanes(gates + i, k);
      return joint ? sum : sum + load_lanes(sums + i, k);
    };
    const V<T> r = sigmoid(sum_of(j)), z = sigmoid(sum_of(hidden + j));
    const V<T> s = load_lanes(sums + 2 * hidden + j, k);
    const V<T> n = tanh(fma(r, s, load_lanes(gates + 2 * hidden + j, k)));
    const V<T> h = fma(z, load_lanes(state + j, k) - n, n);
    store_lanes(out + j, h, k);
    if (!inner) return;
    store_lanes(gates + j, r, k), store_lanes(gates + hidden + j, z, k), store_lanes(gates + 2 * hidden + j, n, k);
    store_lanes(inner + j, s, k);
  });
}

/** One row: gradients of the sums of the input in `dx`, of the state's in `dh`; `state` keeps what goes past the gates. */
template <class T>
static __attribute__((noinline)) void gru_row_backward(T* state, const T* gates, const T* inner, const T* before, T* dx, T* dh,
                                                       idx hidden) {
  each_vector<T>(hidden, [=](idx j, int k) {
    const V<T> r = load_lanes(gates + j, k), z = load_lanes(gates + hidden + j, k), n = load_lanes(gates + 2 * hidden + j, k);
    const V<T> g = load_lanes(state + j, k), dn = g * (1 - z) * (1 - n * n);
    const V<T> dr = dn * load_lanes(inner + j, k) * r * (1 - r), dz = g * (load_lanes(before + j, k) - n) * z * (1 - z);
    store_lanes(dx + j, dr, k), store_lanes(dx + hidden + j, dz, k), store_lanes(dx + 2 * hidden + j, dn, k);
    store_lanes(dh + j, dr, k), store_lanes(dh + hidden + j, dz, k), store_lanes(dh + 2 * hidden + j, dn * r, k);
    store_lanes(state + j, g * z, k);
  });
}

/** A single step of a single row, in parts as in lstm_step. */
template <class T>
static void gru_step(const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, T* h, T* gates,
                     T* h_before, T* inner, T* out, T* sums, idx parts, idx inputs, idx hidden) {
  if (h_before) start_state(h_before, h0, hidden);
  each_part<T>(parts, hidden, [=](Range units) {
    const Weights<T> input{ih, 3 * hidden, inputs, true}, state{hh, 3 * hidden, hidden, true};
    const RowDots<T> of_state{h0, hh, hidden, hidden};
    const idx at = units.begin, last = 2 * hidden + at;  // the third gate needs the sum of the state by itself
    for (idx g = 0; g < 2; g++) sum_biases(bias_ih, bias_hh, sums, Range{g * hidden + at, units.size});
    input.multiply_units(x, gates, 0, bias_ih ? sums : nullptr, units, hidden, 2, h0 ? &of_state : nullptr);
    input.multiply_units(x, gates, 0, bias_ih, Range{last, units.size}, hidden, 1);
    if (h0) state.multiply_units(h0, sums, 0, bias_hh, Range{last, units.size}, hidden, 1);
    else start_state(sums + last, bias_hh ? bias_hh + last : nullptr, units.size);
    start_state(h + at, h0 ? h0 + at : nullptr, units.size);
    gru_row(gates + at, sums + at, inner ? inner + at : nullptr, h + at, out + at, hidden, units.size, true);
    copy_rows(h + at, out + at, units.size);
  });
}

template <class T>
static void gru_forward(const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, T* h, T* gates,
                        T* h_before, T* inner, T* out, T* scratch, const Sequence& s, idx inputs, idx hidden, bool reverse) {
  const idx n = 3 * hidden;
  JointWeights<T> weights(ih, hh, n, inputs, hidden);
  const bool in_steps = weights.in_steps(s);
  const idx parts = parts_of_row(s.batch, hidden, n * (inputs + hidden));
  if (parts && s.rows == 1)
    return gru_step(x, ih, hh, bias_ih, bias_hh, h0, h, gates, h_before, inner, out, scratch, parts, inputs, hidden);
  if (!in_steps) project_input(x, ih, bias_ih, gates, s.rows, n, inputs);
  if (s.packs()) {
    T* const rest = weights.state.pack(scratch + s.batch * n);
    if (in_steps) weights.input.pack(rest);
  }
  start_state(h, h0, s.batch * hidden);
  s.each_tile(weights.joint.bytes(), [&](Range tile, int thread) {
    T *const state = h + tile.begin * hidden, *const sums = scratch + tile.begin * n;
    s.walk(tile, !reverse, [&](idx row, idx active, idx count) {
      if (h_before) copy_rows(h_before + row * hidden, state, active * hidden);
      T* const from = gates + row * n;
      const bool has_state = count > 0 || h0;
      if (in_steps)
        weights.input.multiply(x + row * inputs, inputs, from, n, active, bias_ih ? ADD_BIAS : 0, bias_ih, thread);
      if (!has_state)
        for (idx i = 0; i < active; i++) start_state(sums + i * n, bias_hh, n);
      auto finish_row = [=](idx i, Range units) {
        const idx at = i * hidden + units.begin, kept = row * hidden + at;
        gru_row(from + i * n + units.begin, sums + i * n + units.begin, inner ? inner + kept : nullptr, state + at, out + kept,
                hidden, units.size, false);
      };
      if (parts) {
        each_part<T>(parts, hidden, [=](Range units) {
          if (has_state) weights.state.multiply_units(state, sums, 0, bias_hh, units, hidden, 3);
          finish_row(0, units);
        });
      } else {
        if (has_state) weights.state.multiply(state, hidden, sums, n, active, bias_hh ? ADD_BIAS : 0, bias_hh, thread);
        for (idx i = 0; i < active; i++) finish_row(i, {0, hidden});
      }
      copy_rows(state, out + row * hidden, active * hidden);
    });
  });
}

template <class T>
static void gru_backward(const T* dout, const T* dhn, const T* gates, const T* inner, const T* h_before, const T* hh, T* dx,
                         T* dsums, T* dh, T* scratch, const Sequence& s, idx hidden, bool reverse, bool wants_h0) {
  const idx n = 3 * hidden;
  Weights<T> recurrent{hh, hidden, n, false};
  if (s.packs()) recurrent.pack(scratch);
  start_state(dh, dhn, s.batch * hidden);
  s.each_tile(recurrent.bytes(), [&](Range tile, int thread) {
    T* const state = dh + tile.begin * hidden;
    s.walk(tile, reverse, [&](idx row, idx active, idx count) {
      if (dout) add_rows(state, dout + row * hidden, active * hidden);
      for (idx i = 0; i < active; i++)
        gru_row_backward(state + i * hidden, gates + (row + i) * n, inner + (row + i) * hidden, h_before + (row + i) * hidden,
                         dx + (row + i) * n, dsums + (row + i) * n, hidden);
      if (count + 1 < s.steps || wants_h0)
        recurrent.multiply(dsums + row * n, n, state, hidden, active, ACCUMULATE, nullptr, thread);
    });
  });
}

// ---- RNN: h = tanh or relu of the sum --------------------------------------------------------------------------------

template <class T> static __attribute__((noinline)) void activate(T* out, idx count, bool is_relu) {
  if (is_relu) each_vector<T>(count, [=](idx j, int n) { store_lanes(out + j, relu<T>(load_lanes(out + j, n)), n); });
  else each_vector<T>(count, [=](idx j, int n) { store_lanes(out + j, tanh(load_lanes(out + j, n)), n); });
}

template <class T> static __attribute__((noinline)) void activate_backward(const T* g, const T* out, T* d, idx count, bool is_relu) {
  each_vector<T>(count, [=](idx j, int n) {
    const V<T> y = load_lanes(out + j, n), slope = is_relu ? where(y > 0, splat<T>(1), V<T>{}) : (1 - y) * (1 + y);
    store_lanes(d + j, load_lanes(g + j, n) * slope, n);
  });
}

/** A single step of a single row, in parts as in lstm_step. */
template <class T>
static void rnn_step(const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, T* h, T* both,
                     T* out, T* scratch, idx parts, idx inputs, idx hidden, bool is_relu) {
  if (both) start_state(h, h0, hidden), join_rows(both, inputs + hidden + 1, x, inputs, h, hidden, 1);
  each_part<T>(parts, hidden, [=](Range units) {
    const Weights<T> input{ih, hidden, inputs, true};
    const RowDots<T> of_state{h0, hh, hidden, hidden};
    const T* const bias = sum_biases(bias_ih, bias_hh, scratch, units);
    input.multiply_units(x, out, 0, bias, units, hidden, 1, h0 ? &of_state : nullptr);
    activate(out + units.begin, units.size, is_relu);
    copy_rows(h + units.begin, out + units.begin, units.size);
  });
}

template <class T>
static void rnn_forward(const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, T* h,
                        T* both, T* out, T* scratch, const Sequence& s, idx inputs, idx hidden, bool reverse,
                        bool is_relu) {
  const idx joint = inputs + hidden + (both ? 1 : 0);
  JointWeights<T> weights(ih, hh, hidden, inputs, hidden);
  const bool in_steps = weights.in_steps(s);
  const idx parts = parts_of_row(s.batch, hidden, hidden * joint);
  if (parts && s.rows == 1)
    return rnn_step(x, ih, hh, bias_ih, bias_hh, h0, h, both, out, scratch, parts, inputs, hidden, is_relu);
  const T* const bias = sum_biases(bias_ih, bias_hh, scratch, Range{0, hidden});
  if (!in_steps) project_input(x, ih, bias, out, s.rows, hidden, inputs);
  T* const row_scratch = scratch + hidden;
  if (s.packs()) weights.pack(row_scratch + (both ? 0 : s.batch * joint), in_steps);
  start_state(h, h0, s.batch * hidden);
  s.each_tile(weights.joint.bytes(), [&](Range tile, int thread) {
    T* const state = h + tile.begin * hidden;
    s.walk(tile, !reverse, [&](idx row, idx active, idx count) {
      T* const before = both ? both + row * joint : row_scratch + tile.begin * joint;
      join_rows(before, joint, x + row * inputs, inputs, state, hidden, active);
      T* const to = out + row * hidden;
      const bool has_state = count > 0 || h0;
      if (parts) {
        each_part<T>(parts, hidden, [=](Range units) {
          if (has_state) weights.state.multiply_units(state, to, ACCUMULATE, nullptr, units, hidden, 1);
          activate(to + units.begin, units.size, is_relu);
        });
      } else {
        if (in_steps) weights.joint.multiply(before, joint, to, hidden, active, bias ? ADD_BIAS : 0, bias, thread);
        else if (has_state) weights.state.multiply(state, hidden, to, hidden, active, ACCUMULATE, nullptr, thread);
        activate(to, active * hidden, is_relu);
      }
      copy_rows(state, to, active * hidden);
    });
  });
}

template <class T>
static void rnn_backward(const T* dout, const T* dhn, const T* out, const T* hh, T* dsums, T* dh, T* scratch,
                         const Sequence& s, idx hidden, bool reverse, bool is_relu, bool wants_h0) {
  Weights<T> recurrent{hh, hidden, hidden, false};
  if (s.packs()) recurrent.pack(scratch);
  start_state(dh, dhn, s.batch * hidden);
  s.each_tile(recurrent.bytes(), [&](Range tile, int thread) {
    T* const state = dh + tile.begin * hidden;
    s.walk(tile, reverse, [&](idx row, idx active, idx count) {
      if (dout) add_rows(state, dout + row * hidden, active * hidden);
      T* const d = dsums + row * hidden;
      activate_backward(state, out + row * hidden, d, active * hidden, is_relu);
      if (count + 1 < s.steps || wants_h0) recurrent.multiply(d, hidden, state, hidden, active, 0, nullptr, thread);
    });
  });
}

#define RECURRENT(T, suffix)                                                                                              \
  KERNEL(lstm##suffix, const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* hr, const T* h0, \
         const T* c0, T* h, T* c, T* gates, T* both, T* c_before, T* tanh_c, T* raw, T* out, T* scratch,              \
         const int32_t* sizes, idx steps, idx batch, idx rows, idx inputs, idx hidden, idx width, int reverse) {          \
    lstm_forward(x, ih, hh, bias_ih, bias_hh, hr, h0, c0, h, c, gates, both, c_before, tanh_c, raw, out, scratch,     \
                 {sizes, steps, batch, rows}, inputs, hidden, width, reverse);                                            \
  }                                                                                                                       \
  KERNEL(lstm_backward##suffix, const T* dout, const T* dhn, const T* dcn, const T* gates, const T* c_before,             \
         const T* tanh_c, const T* hh, const T* hr, T* dgates, T* dprojected, T* dh, T* dc, T* scratch,                   \
         const int32_t* sizes, idx steps, idx batch, idx rows, idx hidden, idx width, int reverse, int wants_h0) {        \
    lstm_backward(dout, dhn, dcn, gates, c_before, tanh_c, hh, hr, dgates, dprojected, dh, dc, scratch,                   \
                  {sizes, steps, batch, rows}, hidden, width, reverse, wants_h0);                                         \
  }                                                                                                                       \
  KERNEL(gru##suffix, const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, T* h,        \
         T* gates, T* h_before, T* inner, T* out, T* scratch, const int32_t* sizes, idx steps, idx batch, idx rows,       \
         idx inputs, idx hidden, int reverse) {                                                                           \
    gru_forward(x, ih, hh, bias_ih, bias_hh, h0, h, gates, h_before, inner, out, scratch, {sizes, steps, batch, rows},    \
                inputs, hidden, reverse);                                                                                 \
  }                                                                                                                       \
  KERNEL(gru_backward##suffix, const T* dout, const T* dhn, const T* gates, const T* inner, const T* h_before,            \
         const T* hh, T* dx, T* dsums, T* dh, T* scratch, const int32_t* sizes, idx steps, idx batch, idx rows,           \
         idx hidden, int reverse, int wants_h0) {                                                                         \
    gru_backward(dout, dhn, gates, inner, h_before, hh, dx, dsums, dh, scratch, {sizes, steps, batch, rows}, hidden,      \
                 reverse, wants_h0);                                                                                      \
  }                                                                                                                       \
  KERNEL(rnn##suffix, const T* x, const T* ih, const T* hh, const T* bias_ih, const T* bias_hh, const T* h0, T* h,        \
         T* both, T* out, T* scratch, const int32_t* sizes, idx steps, idx batch, idx rows, idx inputs, idx hidden,   \
         int reverse, int is_relu) {                                                                                      \
    rnn_forward(x, ih, hh, bias_ih, bias_hh, h0, h, both, out, scratch, {sizes, steps, batch, rows}, inputs, hidden,  \
                reverse, is_relu);                                                                                        \
  }                                                                                                                       \
  KERNEL(rnn_backward##suffix, const T* dout, const T* dhn, const T* out, const T* hh, T* dsums, T* dh, T* scratch,       \
         const int32_t* sizes, idx steps, idx batch, idx rows, idx hidden, int reverse, int is_relu, int wants_h0) {      \
    rnn_backward(dout, dhn, out, hh, dsums, dh, scratch, {sizes, steps, batch, rows}, hidden, reverse, is_relu,           \
                 wants_h0);                                                                                               \
  }
RECURRENT(float, _f32)
RECURRENT(double, _f64)

}  // namespace NABLA_ISA
