// Matrix products with every flag, odd leading dimensions, and batches.
#include "session.h"

namespace {

enum Flags { TRANSPOSE_A = 1, TRANSPOSE_B = 2, ACCUMULATE = 4, ADD_BIAS = 8, RELU = 16, ALL = 31 };

/** Elements from a matrix's first to its last, whose rows are `ld` apart. */
idx span(idx rows, idx columns, idx ld) { return rows > 0 && columns > 0 ? (rows - 1) * ld + columns : 0; }

/** One product's shape; sizes of 0 have results too. */
struct Shape {
  idx m, n, k, flags, lda, ldb, ldc;
  Shape(Dice& d, idx m, idx n, idx k, int wanted = 0) : m(m), n(n), k(k), flags(d.between(0, ALL) | wanted) {
    lda = (flags & TRANSPOSE_A ? m : k) + padding(d);
    ldb = (flags & TRANSPOSE_B ? k : n) + padding(d);
    ldc = n + padding(d);
  }
  static idx padding(Dice& d) { return d.percent(60) ? 0 : d.between(1, 7); }
  idx a_span() const { return flags & TRANSPOSE_A ? span(k, m, lda) : span(m, k, lda); }
  idx b_span() const { return flags & TRANSPOSE_B ? span(n, k, ldb) : span(k, n, ldb); }
  idx c_span() const { return span(m, n, ldc); }
  idx a_at(idx i, idx d) const { return flags & TRANSPOSE_A ? d * lda + i : i * lda + d; }
  idx b_at(idx d, idx j) const { return flags & TRANSPOSE_B ? j * ldb + d : d * ldb + j; }
};

constexpr double BETWEEN_ROWS = 12345;

/** Products of one batch, computed plainly; `size` bounds the rounding error. */
template <class T> struct Wanted {
  std::vector<double> value, size;
  Wanted(const Block<T>& c) : value(c.copy()), size(value.size(), 0) {}

  void multiply(const Shape& p, const T* a, const T* b, const T* bias, idx start) {
    std::vector<double> row(static_cast<size_t>(p.n)), bound(static_cast<size_t>(p.n));
    for (idx i = 0; i < p.m; i++) {
      for (size_t j = 0; j < row.size(); j++) row[j] = bound[j] = 0;
      for (idx d = 0; d < p.k; d++) {
        const double x = a[p.a_at(i, d)];
        for (idx j = 0; j < p.n; j++) {
          const double term = x * b[p.b_at(d, j)];
          row[static_cast<size_t>(j)] += term;
          bound[static_cast<size_t>(j)] += std::fabs(term);
        }
      }
      for (idx j = 0; j < p.n; j++) finish(p, start + i * p.ldc + j, row[static_cast<size_t>(j)], bound[static_cast<size_t>(j)], bias ? bias[j] : 0);
    }
  }

  void finish(const Shape& p, idx at, double sum, double bound, double bias) {
    double& to = value[static_cast<size_t>(at)];
    const double before = p.flags & ACCUMULATE ? to : 0, total = sum + before + bias;
    to = p.flags & RELU && total < 0 ? 0 : total;  // a NaN stays
    size[static_cast<size_t>(at)] = bound + std::fabs(before) + std::fabs(bias);
  }
};

/** C: what is added to, or bits that may not be read; a known number between the rows. */
template <class T> void fill_c(Session& s, const Block<T>& c, const Shape& p, idx start) {
  for (idx i = 0; i < p.m; i++)
    for (idx j = 0; j < p.ldc && start + i * p.ldc + j < c.size(); j++) {
      T& to = c[start + i * p.ldc + j];
      if (j >= p.n) to = static_cast<T>(BETWEEN_ROWS);
      else if (p.flags & ACCUMULATE) to = static_cast<T>(s.dice.real(-2, 2));
    }
}

template <class T> void check(Session& s, const Block<T>& c, const Wanted<T>& want, idx k) {
  const double eps = 2 * Dtype<T>::eps * std::sqrt(static_cast<double>(k) + 16);
  s.expect("C", c, [&](idx i) { return want.value[static_cast<size_t>(i)]; }, [&](idx i) { return eps * want.size[static_cast<size_t>(i)]; });
}

template <class T> void product(Session& s, idx m, idx n, idx k, int wanted = 0) {
  const Shape p(s.dice, m, n, k, wanted);
  Block<T> a(s.dice, p.a_span()), b(s.dice, p.b_span()), c(s.dice, p.c_span()), bias(s.dice, n);
  const Range range{-2, 2, s.dice.percent(90) ? Range::PLAIN : Range::SPECIAL};
  s.fill(a, range), s.fill(b, range), s.fill(bias, {-2, 2});
  fill_c(s, c, p, 0);
  const T* added = p.flags & ADD_BIAS ? bias.begin() : nullptr;
  Wanted<T> want(c);
  want.multiply(p, a.begin(), b.begin(), added, 0);
  s.call(std::string("gemm") + Dtype<T>::suffix, a, b, c, added, m, n, k, p.lda, p.ldb, p.ldc, p.flags);
  check(s, c, want, k);
}

/** Products side by side; A or B may be the same for all. */
template <class T> void batch(Session& s, idx m, idx n, idx k, idx count) {
  const Shape p(s.dice, m, n, k);
  const idx gap = Shape::padding(s.dice);
  const idx step_a = s.dice.percent(25) ? 0 : p.a_span() + gap, step_b = s.dice.percent(25) ? 0 : p.b_span() + gap;
  const idx step_c = p.m * p.ldc;
  auto all = [&](idx one, idx step) { return count > 0 ? step * (count - 1) + one : 0; };
  Block<T> a(s.dice, all(p.a_span(), step_a)), b(s.dice, all(p.b_span(), step_b)), c(s.dice, all(p.c_span(), step_c));
  s.fill(a, {-2, 2}), s.fill(b, {-2, 2});
  for (idx i = 0; i < count; i++) fill_c(s, c, p, i * step_c);
  Wanted<T> want(c);
  for (idx i = 0; i < count; i++) want.multiply(p, a.begin() + i * step_a, b.begin() + i * step_b, nullptr, i * step_c);
  s.call(std::string("gemm_batched") + Dtype<T>::suffix, a, b, c, count, step_a, step_b, step_c, m, n, k, p.lda, p.ldb, p.ldc, p.flags);
  check(s, c, want, k);
}

template <class T> void products(Session& s) {
  Dice& d = s.dice;
  for (idx r = s.rounds(250); r > 0; r--) product<T>(s, d.between(0, 40), d.between(0, 70), d.between(0, 40));
  for (idx r = s.rounds(60); r > 0; r--) product<T>(s, d.between(1, 3), d.between(1, 600), d.between(1, 300));
  for (idx r = s.rounds(40); r > 0; r--) product<T>(s, d.between(1, 300), d.between(1, 2), d.between(1, 300));
  for (idx r = s.rounds(30); r > 0; r--) product<T>(s, d.between(1, 150), d.between(1, 200), d.between(1, 150));
  // Deeper than one pass of the register tile, and than what one packed block holds.
  for (idx r = s.rounds(4); r > 0; r--) product<T>(s, d.between(1, 60), d.between(1, 90), d.between(380, 900));
  for (idx r = s.rounds(2); r > 0; r--) product<T>(s, d.between(500, 540), d.between(1, 40), d.between(500, 700));
  // Around the heights from which rows are the tasks, one pass deep and deeper.
  for (idx r = s.rounds(3); r > 0; r--) product<T>(s, d.between(750, 790), d.between(250, 330), d.between(240, 560));
  for (idx r = s.rounds(3); r > 0; r--) product<T>(s, d.between(185, 215), d.between(250, 330), d.between(120, 270));
  // Columns of A from beyond the second-level cache, packed side by side.
  for (idx r = s.rounds(3); r > 0; r--)
    product<T>(s, d.between(225, 700), d.between(1, 330), d.between(560, 700), TRANSPOSE_A);
  for (idx r = s.rounds(80); r > 0; r--) batch<T>(s, d.between(0, 20), d.between(0, 40), d.between(0, 20), d.between(0, 9));
  for (idx r = s.rounds(2); r > 0; r--) batch<T>(s, d.between(1, 8), d.between(1, 8), d.between(1, 8), d.between(60, 150));
  batch<T>(s, 170, 160, 165, 2);  // too large to be one task each
}

}  // namespace

void test_products(Session& s) {
  products<float>(s);
  products<double>(s);
  for (const char* name : {"fma_peak_f32", "fma_peak_changing_f32"})
    s.expect_number("operations in three rounds", s.call(name, 3), 3 * s.call(name, 1));
}
