// Elements by index along the middle of three axes, triangles, and where a mask is set.
#include <memory>

#include "session.h"

namespace {

constexpr double GOOD = -1;

/** A tensor [outer, length, inner], and an index of `count` places along its middle axis. */
struct Shape {
  idx outer, length, inner, count;
  explicit Shape(Dice& d)
      : outer(d.between(1, 6)), length(d.between(0, 40)), inner(d.percent(80) ? d.between(1, 20) : d.between(200, 2100)),
        count(d.percent(90) ? d.between(1, 40) : d.between(300, 900)) {}
  idx elements() const { return outer * length * inner; }
  idx moved() const { return outer * count * inner; }
};

/** Indices from `low` up to `high`, both included; at times some are wrong. Gives the place of the first wrong one. */
double fill_indices(Session& s, const Block<int32_t>& index, idx low, idx high) {
  if (high < low) {
    s.fill(index, {0, 0});
    return 0;
  }
  s.fill(index, {static_cast<double>(low), static_cast<double>(high)});
  if (!s.dice.percent(20)) return GOOD;
  const double wrong[] = {static_cast<double>(low - 1), static_cast<double>(high + 1), INT32_MIN, INT32_MAX};
  const idx first = s.dice.between(0, index.size() - 1);
  for (idx i = first; i < index.size(); i++)
    if (i == first || s.dice.percent(20)) index[i] = static_cast<int32_t>(wrong[s.dice.between(0, 3)]);
  return static_cast<double>(first);
}

auto in(const std::vector<double>& want) {
  return [&want](idx i) { return want[static_cast<size_t>(i)]; };
}

/** The loops over [outer, count, inner] for operands with these strides along each. */
std::unique_ptr<Block<double>> loops(Dice& dice, const Shape& shape, const std::vector<std::vector<idx>>& operands) {
  const idx sizes[] = {shape.outer, shape.count, shape.inner};
  auto table = std::make_unique<Block<double>>(dice, 1 + 3 * (1 + static_cast<idx>(operands.size())));
  double* to = table->begin();
  *to++ = 3;
  for (size_t d = 0; d < 3; d++) {
    *to++ = static_cast<double>(sizes[d]);
    for (const auto& strides : operands) *to++ = static_cast<double>(strides[d]);
  }
  return table;
}

template <class T> void gather(Session& s, const char* name) {
  const Shape shape(s.dice);
  Block<T> x(s.dice, shape.elements()), y(s.dice, shape.moved());
  Block<int32_t> index(s.dice, shape.moved());
  for (idx i = 0; i < x.size(); i++) x[i] = static_cast<T>(s.dice.next() >> 12);
  const double wrong = fill_indices(s, index, 0, shape.length - 1);
  const auto table = loops(s.dice, shape, {{shape.length * shape.inner, 0, 1}});
  const double got = s.call(name, x, index, y, y.size(), shape.length, shape.inner, *table);
  s.expect_number("the first wrong index", got, wrong);
  if (wrong != GOOD) return s.expect_untouched("y", y);
  s.expect("y", y, [&](idx i) {
    const idx o = i / (shape.count * shape.inner);
    return static_cast<double>(x[(o * shape.length + index[i]) * shape.inner + i % shape.inner]);
  });
}

/** Puts or adds, by one index for each element. */
template <class T> void scatter(Session& s, const std::string& name, bool add) {
  const Shape shape(s.dice);
  Block<T> y(s.dice, shape.elements()), v(s.dice, shape.moved());
  Block<int32_t> index(s.dice, shape.moved());
  s.fill(y, {0, 60}), s.fill(v, {0, 9});
  const double wrong = fill_indices(s, index, 0, shape.length - 1);
  std::vector<double> want = y.copy();
  if (wrong == GOOD)
    for (idx i = 0; i < v.size(); i++) {
      const idx at = (i / (shape.count * shape.inner) * shape.length + index[i]) * shape.inner + i % shape.inner;
      double& to = want[static_cast<size_t>(at)];
      to = static_cast<double>(add ? static_cast<T>(to + static_cast<double>(v[i])) : v[i]);
    }
  const auto table = loops(s.dice, shape, {{shape.length * shape.inner, 0, 1}, {shape.count * shape.inner, shape.inner, 1}});
  const double got = s.call(name, y, index, v, shape.outer, v.size(), shape.length, shape.inner, *table);
  s.expect_number("the first wrong index", got, wrong);
  s.expect("y", y, in(want));
}

template <class T> void rows(Session& s, const char* name) {
  const Shape shape(s.dice);
  Block<T> x(s.dice, shape.elements()), y(s.dice, shape.moved());
  Block<int32_t> index(s.dice, shape.count);
  for (idx i = 0; i < x.size(); i++) x[i] = static_cast<T>(s.dice.next() >> 12);
  const double wrong = fill_indices(s, index, 0, shape.length - 1);
  const double got = s.call(name, x, index, y, shape.outer, shape.length, shape.inner, shape.count);
  s.expect_number("the first wrong index", got, wrong);
  if (wrong != GOOD) return s.expect_untouched("y", y);
  s.expect("y", y, [&](idx i) {
    const idx row = i / shape.inner;
    return static_cast<double>(x[(row / shape.count * shape.length + index[row % shape.count]) * shape.inner + i % shape.inner]);
  });
}

/** Puts or adds whole rows. */
template <class T> void into_rows(Session& s, const std::string& name, bool add) {
  const Shape shape(s.dice);
  Block<T> y(s.dice, shape.elements()), v(s.dice, shape.moved());
  Block<int32_t> index(s.dice, shape.count);
  s.fill(y, {0, 60}), s.fill(v, {0, 9});
  const double wrong = fill_indices(s, index, 0, shape.length - 1);
  std::vector<double> want = y.copy();
  if (wrong == GOOD)
    for (idx i = 0; i < v.size(); i++) {
      const idx row = i / shape.inner;
      const idx at = (row / shape.count * shape.length + index[row % shape.count]) * shape.inner + i % shape.inner;
      double& to = want[static_cast<size_t>(at)];
      to = static_cast<double>(add ? static_cast<T>(to + static_cast<double>(v[i])) : v[i]);
    }
  const double got = s.call(name, y, index, v, shape.outer, shape.length, shape.inner, shape.count);
  s.expect_number("the first wrong index", got, wrong);
  s.expect("y", y, in(want));
}

template <class T> void triangle(Session& s, const char* name) {
  const idx outer = s.dice.between(0, 5), rows = s.dice.between(1, 40);
  const idx columns = s.dice.percent(90) ? s.dice.between(0, 40) : s.dice.between(1000, 3000);
  const idx diagonal = s.dice.between(-50, 50), upper = s.dice.between(0, 1);
  Block<T> x(s.dice, outer * rows * columns), y(s.dice, x.size());
  for (idx i = 0; i < x.size(); i++) x[i] = static_cast<T>(s.dice.next() >> 12);
  s.call(name, x, y, outer, rows, columns, diagonal, upper);
  s.expect("y", y, [&](idx i) {
    const idx off = i % columns - i / columns % rows;
    return (upper ? off >= diagonal : off <= diagonal) ? static_cast<double>(x[i]) : 0.0;
  });
}

void places(Session& s) {
  const idx n = s.dice.between(1, 3000), length = s.dice.between(0, 90), step = s.dice.between(1, 50), add = s.dice.between(0, 1);
  Block<int32_t> index(s.dice, n), y(s.dice, n);
  s.fill(y, {0, 1000});
  const double wrong = fill_indices(s, index, -length, length - 1);
  const std::vector<double> before = y.copy();
  s.expect_number("the first wrong index", s.call("index_places_i32", index, y, n, length, step, add), wrong);
  s.expect("places", y, [&](idx i) {
    const double old = before[static_cast<size_t>(i)];
    if (wrong != GOOD) return old;
    return (add ? old : 0.0) + static_cast<double>((index[i] < 0 ? index[i] + length : index[i]) * step);
  });
}

void nonzero(Session& s) {
  const idx sizes[] = {s.dice.between(0, 30), s.dice.between(1, 20), s.dice.between(1, 9)};
  const idx n = sizes[0] * sizes[1] * sizes[2];
  Block<uint8_t> mask(s.dice, n);
  for (idx i = 0; i < n; i++) mask[i] = s.dice.percent(30);
  std::vector<double> want;
  for (idx i = 0; i < n; i++) {
    if (!mask[i]) continue;
    for (idx part : {i / (sizes[1] * sizes[2]), i / sizes[2] % sizes[1], i % sizes[2]}) want.push_back(static_cast<double>(part));
  }
  const idx found = static_cast<idx>(want.size() / 3);
  s.expect_number("how many", s.call("nonzero_count_bool", mask, n), static_cast<double>(found));
  Block<double> table(s.dice, 4);
  table[0] = 3;
  for (idx d = 0; d < 3; d++) table[1 + d] = static_cast<double>(sizes[d]);
  Block<int32_t> y(s.dice, found * 3);
  s.call("nonzero_bool", mask, y, found, table);
  s.expect("places", y, in(want));
}

template <class T> void reverse(Session& s, const char* name) {
  const idx rows = s.dice.between(0, 40), columns = s.dice.percent(90) ? s.dice.between(0, 90) : s.dice.between(1000, 9000);
  Block<T> x(s.dice, rows * columns), y(s.dice, x.size());
  for (idx i = 0; i < x.size(); i++) x[i] = static_cast<T>(s.dice.next() >> 12);
  s.call(name, x, y, rows, columns);
  s.expect("y", y, [&](idx i) { return static_cast<double>(x[i / columns * columns + columns - 1 - i % columns]); });
}

}  // namespace

void test_gather(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) {
    gather<uint8_t>(s, "gather_1"), gather<uint32_t>(s, "gather_4"), gather<uint64_t>(s, "gather_8");
    scatter<uint8_t>(s, "scatter_1", false), scatter<uint32_t>(s, "scatter_4", false), scatter<uint64_t>(s, "scatter_8", false);
    scatter<float>(s, "scatter_add_f32", true), scatter<double>(s, "scatter_add_f64", true);
    scatter<int32_t>(s, "scatter_add_i32", true);
    rows<uint8_t>(s, "index_select_1"), rows<uint32_t>(s, "index_select_4"), rows<uint64_t>(s, "index_select_8");
    into_rows<uint8_t>(s, "index_put_1", false), into_rows<uint32_t>(s, "index_put_4", false);
    into_rows<uint64_t>(s, "index_put_8", false);
    into_rows<float>(s, "index_add_f32", true), into_rows<double>(s, "index_add_f64", true);
    into_rows<int32_t>(s, "index_add_i32", true);
    triangle<uint8_t>(s, "triangle_1"), triangle<uint32_t>(s, "triangle_4"), triangle<uint64_t>(s, "triangle_8");
    reverse<uint8_t>(s, "reverse_1"), reverse<uint32_t>(s, "reverse_4"), reverse<uint64_t>(s, "reverse_8");
    places(s);
    nonzero(s);
  }
}
