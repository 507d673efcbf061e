// Recurrent layers over random sequences: dense, packed, in both directions, with and without what backward needs.
#include "session.h"

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

using Values = std::vector<double>;
size_t at(idx i) { return static_cast<size_t>(i); }

/** A run's sizes, and the rows of every step. */
struct Shape {
  idx steps, batch, inputs, hidden, width, rows = 0;
  bool reverse, packed, bias, first, kept;
  std::vector<idx> sizes;

  explicit Shape(Session& s) {
    Dice& d = s.dice;
    const bool many = d.percent(30), single = d.percent(10);  // a single row of many units has a way of its own
    steps = d.between(1, 7), batch = many ? d.between(8, 70) : d.between(1, 9);
    inputs = d.between(1, 40), hidden = d.between(1, d.percent(20) ? 150 : 40);
    if (single) batch = 1, hidden = d.between(120, 280);
    width = hidden;
    reverse = d.percent(50), packed = d.percent(40), bias = d.percent(70), first = d.percent(50), kept = d.percent(70);
    for (idx t = 0, size = batch; t < steps; t++) {
      if (packed && t > 0) size = d.between(1, size);
      sizes.push_back(size), rows += size;
    }
  }
  idx row_of(idx t) const {
    idx row = 0;
    for (idx i = 0; i < t; i++) row += sizes[at(i)];
    return row;
  }
  /** Scratch of the forward kernels, and of the backward ones. */
  idx forward_scratch(idx n) const {
    const idx joint = inputs + width;
    return n + batch * (n > joint ? n : joint) + (n + 32) * joint + (width < hidden ? (width + 32) * hidden : 0) + 32 * inputs;
  }
  idx backward_scratch(idx n) const { return batch * hidden + (hidden + 32) * width + (width + 32) * n; }
};

template <class T> struct Layer {
  Shape p;
  idx n;
  Block<T> x, ih, hh, bias_ih, bias_hh, h0, h, both, out, scratch;
  Block<int32_t> sizes;
  double eps = 0;

  Layer(Session& s, Shape shape, idx gates, bool joint)
      : p(shape), n(gates * p.hidden), x(s.dice, p.rows * p.inputs), ih(s.dice, n * p.inputs), hh(s.dice, n * p.width),
        bias_ih(s.dice, n), bias_hh(s.dice, n), h0(s.dice, p.batch * p.width), h(s.dice, p.batch * p.width),
        both(s.dice, p.rows * (joint ? p.inputs + p.width + 1 : p.width)), out(s.dice, p.rows * p.width),
        scratch(s.dice, p.forward_scratch(n)), sizes(s.dice, p.steps) {
    for (const Block<T>* block : {&x, &ih, &hh, &bias_ih, &bias_hh, &h0}) s.fill(*block, {-0.3, 0.3});
    for (idx t = 0; t < p.steps; t++) sizes[t] = static_cast<int32_t>(p.sizes[at(t)]);
    eps = 4000 * Dtype<T>::eps;
  }
  const void* given(bool is, const Block<T>& block) const { return is ? block.begin() : nullptr; }
  const void* sizes_or_null() const { return p.packed ? sizes.begin() : nullptr; }

  /** weights · values + bias for gate rows. */
  double sum(const Block<T>& weights, const Block<T>& bias, idx gate, const double* values, idx count) const {
    double total = p.bias ? static_cast<double>(bias[gate]) : 0;
    for (idx k = 0; k < count; k++) total += static_cast<double>(weights[gate * count + k]) * values[k];
    return total;
  }

  /** Walks plainly through all steps: step(row, state of the row, sequence) sets the state. Gives the last states. */
  template <class F> Values walk(const F& step) const {
    Values state(at(p.batch * p.width), 0);
    if (p.first)
      for (size_t i = 0; i < state.size(); i++) state[i] = static_cast<double>(h0[static_cast<idx>(i)]);
    for (idx i = 0; i < p.steps; i++) {
      const idx t = p.reverse ? p.steps - 1 - i : i;
      for (idx b = 0; b < p.sizes[at(t)]; b++) step(p.row_of(t) + b, &state[at(b * p.width)], b);
    }
    return state;
  }
  Values input(idx row) const {
    Values values(at(p.inputs));
    for (idx k = 0; k < p.inputs; k++) values[at(k)] = static_cast<double>(x[row * p.inputs + k]);
    return values;
  }
  void expect(Session& s, const char* what, const Block<T>& found, const Values& wanted) const {
    s.expect(what, found, [&](idx i) { return wanted[at(i)]; }, [&](idx) { return eps; });
  }
};

template <class T> std::string named(const char* name) { return std::string(name) + Dtype<T>::suffix; }

/** A backward kernel on random numbers: it may not touch what is not its own, and zero gradients give zeros. */
template <class T> void expect_zeros(Session& s, const char* what, const Block<T>& found) {
  s.expect(what, found, [](idx) { return 0.0; });
}

template <class T> void lstm(Session& s) {
  Shape p(s);
  const bool projects = p.hidden > 1 && s.dice.percent(40);
  if (projects) p.width = s.dice.between(1, p.hidden - 1);
  Layer<T> l(s, p, 4, true);
  const idx cells = p.batch * p.hidden, all = p.rows * p.hidden;
  Block<T> hr(s.dice, p.width * p.hidden), c0(s.dice, cells), c(s.dice, cells), gates(s.dice, p.rows * l.n);
  Block<T> before(s.dice, all), tanh_c(s.dice, all), raw(s.dice, all);
  s.fill(hr, {-0.3, 0.3}), s.fill(c0, {-1, 1});
  s.call(named<T>("lstm"), l.x, l.ih, l.hh, l.given(p.bias, l.bias_ih), l.given(p.bias, l.bias_hh), l.given(projects, hr),
         l.given(p.first, l.h0), l.given(p.first, c0), l.h, c, gates, l.given(p.kept, l.both), l.given(p.kept, before),
         l.given(p.kept, tanh_c), raw, l.out, l.scratch, l.sizes_or_null(), p.steps, p.batch, p.rows, p.inputs, p.hidden,
         p.width, p.reverse);
  Values out(at(p.rows * p.width)), cell(at(cells), 0);
  if (p.first)
    for (idx i = 0; i < cells; i++) cell[at(i)] = static_cast<double>(c0[i]);
  const Values last = l.walk([&](idx row, double* state, idx b) {
    const Values x = l.input(row), previous(state, state + p.width);
    Values hidden(at(p.hidden));
    for (idx j = 0; j < p.hidden; j++) {
      double z[4];
      for (idx g = 0; g < 4; g++)
        z[g] = l.sum(l.ih, l.bias_ih, g * p.hidden + j, x.data(), p.inputs) +
               l.sum(l.hh, l.bias_hh, g * p.hidden + j, previous.data(), p.width);
      double& to = cell[at(b * p.hidden + j)];
      to = sigmoid(z[1]) * to + sigmoid(z[0]) * std::tanh(z[2]);
      hidden[at(j)] = sigmoid(z[3]) * std::tanh(to);
    }
    for (idx j = 0; j < p.width; j++) {
      double sum = projects ? 0 : hidden[at(j)];
      for (idx k = 0; projects && k < p.hidden; k++) sum += static_cast<double>(hr[j * p.hidden + k]) * hidden[at(k)];
      out[at(row * p.width + j)] = state[j] = sum;
    }
  });
  l.expect(s, "out", l.out, out), l.expect(s, "h", l.h, last), l.expect(s, "c", c, cell);
  if (!p.kept) return;
  Block<T> zeros(s.dice, p.rows * p.width), dgates(s.dice, p.rows * l.n), projected(s.dice, projects ? p.rows * p.width : 0);
  Block<T> dh(s.dice, p.batch * p.width), dc(s.dice, cells), scratch(s.dice, p.backward_scratch(l.n));
  s.fill(zeros, {0, 0});
  Block<T>& to = s.dice.percent(50) ? gates : dgates;  // gradients may take the gates' place
  s.call(named<T>("lstm_backward"), l.given(p.first, zeros), nullptr, nullptr, gates, before, tanh_c, l.hh, l.given(projects, hr),
         to, projected, dh, dc, scratch, l.sizes_or_null(), p.steps, p.batch, p.rows, p.hidden, p.width, p.reverse, 1);
  expect_zeros(s, "dgates", to), expect_zeros(s, "dh", dh), expect_zeros(s, "dc", dc);
}

template <class T> void gru(Session& s) {
  const Shape p(s);
  Layer<T> l(s, p, 3, false);
  Block<T> gates(s.dice, p.rows * l.n), inner(s.dice, p.rows * p.hidden);
  s.call(named<T>("gru"), l.x, l.ih, l.hh, l.given(p.bias, l.bias_ih), l.given(p.bias, l.bias_hh), l.given(p.first, l.h0), l.h,
         gates, l.given(p.kept, l.both), l.given(p.kept, inner), l.out, l.scratch, l.sizes_or_null(), p.steps, p.batch, p.rows,
         p.inputs, p.hidden, p.reverse);
  Values out(at(p.rows * p.width));
  const Values last = l.walk([&](idx row, double* state, idx) {
    const Values x = l.input(row), previous(state, state + p.width);
    for (idx j = 0; j < p.hidden; j++) {
      double a[3], b[3];
      for (idx g = 0; g < 3; g++) {
        a[g] = l.sum(l.ih, l.bias_ih, g * p.hidden + j, x.data(), p.inputs);
        b[g] = l.sum(l.hh, l.bias_hh, g * p.hidden + j, previous.data(), p.width);
      }
      const double r = sigmoid(a[0] + b[0]), z = sigmoid(a[1] + b[1]), fresh = std::tanh(a[2] + r * b[2]);
      out[at(row * p.width + j)] = state[j] = (1 - z) * fresh + z * previous[at(j)];
    }
  });
  l.expect(s, "out", l.out, out), l.expect(s, "h", l.h, last);
  if (!p.kept) return;
  Block<T> zeros(s.dice, p.rows * p.width), dx(s.dice, p.rows * l.n), dsums(s.dice, p.rows * l.n);
  Block<T> dh(s.dice, p.batch * p.width), scratch(s.dice, p.backward_scratch(l.n));
  s.fill(zeros, {0, 0});
  Block<T>& to = s.dice.percent(50) ? gates : dx;
  s.call(named<T>("gru_backward"), l.given(p.first, zeros), nullptr, gates, inner, l.both, l.hh, to, dsums, dh, scratch,
         l.sizes_or_null(), p.steps, p.batch, p.rows, p.hidden, p.reverse, 1);
  expect_zeros(s, "dx", to), expect_zeros(s, "dsums", dsums), expect_zeros(s, "dh", dh);
}

template <class T> void rnn(Session& s) {
  const Shape p(s);
  const bool relu = s.dice.percent(50);
  Layer<T> l(s, p, 1, true);
  s.call(named<T>("rnn"), l.x, l.ih, l.hh, l.given(p.bias, l.bias_ih), l.given(p.bias, l.bias_hh), l.given(p.first, l.h0), l.h,
         l.given(p.kept, l.both), l.out, l.scratch, l.sizes_or_null(), p.steps, p.batch, p.rows, p.inputs, p.hidden, p.reverse,
         relu);
  Values out(at(p.rows * p.width));
  const Values last = l.walk([&](idx row, double* state, idx) {
    const Values x = l.input(row), previous(state, state + p.width);
    for (idx j = 0; j < p.hidden; j++) {
      const double z = l.sum(l.ih, l.bias_ih, j, x.data(), p.inputs) + l.sum(l.hh, l.bias_hh, j, previous.data(), p.width);
      out[at(row * p.width + j)] = state[j] = relu ? (z > 0 ? z : 0) : std::tanh(z);
    }
  });
  l.expect(s, "out", l.out, out), l.expect(s, "h", l.h, last);
  Block<T> zeros(s.dice, p.rows * p.width), dsums(s.dice, p.rows * l.n), dh(s.dice, p.batch * p.width);
  Block<T> scratch(s.dice, p.backward_scratch(l.n));
  s.fill(zeros, {0, 0});
  s.call(named<T>("rnn_backward"), l.given(p.first, zeros), nullptr, l.out, l.hh, dsums, dh, scratch, l.sizes_or_null(), p.steps,
         p.batch, p.rows, p.hidden, p.reverse, relu, 1);
  expect_zeros(s, "dsums", dsums), expect_zeros(s, "dh", dh);
}

}  // namespace

void test_recurrent(Session& s) {
  for (idx r = s.rounds(30); r > 0; r--) {
    lstm<float>(s), lstm<double>(s);
    gru<float>(s), gru<double>(s);
    rnn<float>(s), rnn<double>(s);
  }
}
