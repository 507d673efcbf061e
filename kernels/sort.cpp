// Order along rows of a contiguous [rows, len] view: sorting, the k first, and what needs sorted rows. NaN counts as the
// largest number, and 0 equals −0. An element becomes an integer key with its place below it, so that ints are compared,
// equals keep their order, and no two items are equal.
#include "elementwise.h"
#include "math.h"

namespace NABLA_ISA {

template <class T> struct Item;
template <> struct Item<float> { using key = uint32_t; using type = uint64_t; };
template <> struct Item<int32_t> { using key = uint32_t; using type = uint64_t; };
template <> struct Item<double> { using key = uint64_t; using type = unsigned __int128; };
template <class T> using Key = typename Item<T>::key;
template <class T> using Packed = typename Item<T>::type;

/** An integer without sign in the order of the numbers. */
template <class T> ALWAYS_INLINE Key<T> key_of(T x) {
  using K = Key<T>;
  constexpr K top = K(1) << (8 * sizeof(K) - 1);
  K bits;
  if constexpr (__is_same(T, int32_t)) return static_cast<K>(x) ^ top;
  else {
    if (x != x) return ~K(0);
    x += T(0);  // −0 becomes 0
    __builtin_memcpy(&bits, &x, sizeof x);
    return bits & top ? ~bits : bits | top;
  }
}

template <class T> ALWAYS_INLINE Packed<T> pack(T x, idx place, bool descending) {
  const Key<T> key = key_of(x);
  return static_cast<Packed<T>>(descending ? static_cast<Key<T>>(~key) : key) << 32 | static_cast<uint32_t>(place);
}
template <class P> ALWAYS_INLINE idx place_of(P item) { return static_cast<idx>(static_cast<uint32_t>(item)); }

template <class P> static ALWAYS_INLINE void insertion_sort(P* a, idx n) {
  for (idx i = 1; i < n; i++) {
    const P v = a[i];
    idx k = i;
    for (; k > 0 && a[k - 1] > v; k--) a[k] = a[k - 1];
    a[k] = v;
  }
}

constexpr idx FEW = 24;  // so many are sorted by insertion

/** Brings a[k] to where it belongs: nothing before it is larger, nothing behind it smaller. */
template <class P> static void select_item(P* a, idx n, idx k) {
  idx low = 0, high = n - 1;
  while (high - low > FEW) {
    const idx middle = low + (high - low) / 2;
    auto swap = [&](idx i, idx j) { const P t = a[i]; a[i] = a[j], a[j] = t; };
    if (a[middle] < a[low]) swap(middle, low);
    if (a[high] < a[low]) swap(high, low);
    if (a[high] < a[middle]) swap(high, middle);
    const P pivot = a[middle];
    idx i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (pivot < a[j]) j--;
      if (i <= j) swap(i++, j--);
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
  insertion_sort(a + low, high - low + 1);
}

/** Counts by digit, then places: one pass for every digit in which keys differ. Items of equal keys keep their order. */
template <class T, int DIGIT> static void radix_sort(Packed<T>* a, Packed<T>* spare, idx n) {
  using P = Packed<T>;
  constexpr int BITS = 8 * sizeof(Key<T>), PASSES = (BITS + DIGIT - 1) / DIGIT;
  constexpr uint32_t SIZE = 1u << DIGIT, MASK = SIZE - 1;
  uint32_t counts[PASSES][SIZE] = {};
  auto digit = [](P item, int pass) { return static_cast<uint32_t>(static_cast<Key<T>>(item >> 32) >> (pass * DIGIT)) & MASK; };
  for (idx i = 0; i < n; i++)
    for (int pass = 0; pass < PASSES; pass++) counts[pass][digit(a[i], pass)]++;
  P *from = a, *to = spare;
  for (int pass = 0; pass < PASSES; pass++) {
    uint32_t* count = counts[pass];
    if (count[digit(from[0], pass)] == static_cast<uint32_t>(n)) continue;
    uint32_t start = 0;
    for (uint32_t d = 0; d < SIZE; d++) {
      const uint32_t c = count[d];
      count[d] = start;
      start += c;
    }
    for (idx i = 0; i < n; i++) to[count[digit(from[i], pass)]++] = from[i];
    P* t = from;
    from = to, to = t;
  }
  if (from != a) __builtin_memcpy(a, from, static_cast<size_t>(n) * sizeof(P));
}

/** Puts two sorted lists together. */
template <class P> static void merge(const P* a, idx na, const P* b, idx nb, P* to) {
  idx i = 0, j = 0;
  while (i < na && j < nb) {
    const bool second = b[j] < a[i];
    *to++ = second ? b[j] : a[i];
    i += !second, j += second;
  }
  for (; i < na; i++) *to++ = a[i];
  for (; j < nb; j++) *to++ = b[j];
}

/** Sorts items by halves: for lists that are too short for counting digits, or whose equals are in no order. */
template <class P> static void merge_sort(P* a, P* spare, idx n) {
  if (n <= FEW) return insertion_sort(a, n);
  const idx half = n / 2;
  merge_sort(a, spare, half), merge_sort(a + half, spare, n - half);
  if (!(a[half] < a[half - 1])) return;
  __builtin_memcpy(spare, a, static_cast<size_t>(half) * sizeof(P));
  merge(spare, half, a + half, n - half, a);
}

constexpr idx SHORT = 256, LARGE = 8192;

template <class T> static void sort_items(Packed<T>* a, Packed<T>* spare, idx n) {
  if (n < SHORT) merge_sort(a, spare, n);
  else if (n < LARGE) radix_sort<T, 8>(a, spare, n);
  else radix_sort<T, 11>(a, spare, n);
}

template <class T> static void unpack(const T* x, const Packed<T>* items, T* y, int32_t* index, idx n) {
  for (idx i = 0; i < n; i++) {
    const idx place = place_of(items[i]);
    y[i] = x[place];
    index[i] = static_cast<int32_t>(place);
  }
}

/** One row that no thread's workspace holds: two sorted halves, side by side, then merged. */
template <class T> static void sort_long(const T* x, T* y, int32_t* index, idx len, bool descending, Packed<T>* a) {
  Packed<T>* spare = a + len;
  const idx half = len / 2;
  parallel_tasks(2, [&](idx part, int) {
    const idx begin = part ? half : 0, end = part ? len : half;
    for (idx k = begin; k < end; k++) a[k] = pack(x[k], k, descending);
    sort_items<T>(a + begin, spare + begin, end - begin);
  });
  merge(a, half, a + half, len - half, spare);
  parallel_for(len, GRAIN, [&](idx begin, idx end) { unpack(x, spare + begin, y + begin, index + begin, end - begin); });
}

/** Calls f(row, workspace) for every row; several short ones are one task. */
template <class F> static void each_row(idx rows, idx len, const F& f) {
  const idx group = len < HEAVY_GRAIN ? HEAVY_GRAIN / (len > 0 ? len : 1) : 1;
  parallel_tasks((rows + group - 1) / group, [&](idx task, int thread) {
    const idx end = (task + 1) * group < rows ? (task + 1) * group : rows;
    for (idx r = task * group; r < end; r++) f(r, nabla_workspace(thread));
  });
}

/** Whether a thread's workspace holds `lists` lists of so many items. */
template <class T> static bool fits(idx count, idx lists) { return count * lists * idx(sizeof(Packed<T>)) <= WORKSPACE_BYTES; }

/** `room` has 2·len items where they are more than a workspace holds. */
template <class T> static void sort(const T* x, T* y, int32_t* index, idx rows, idx len, bool descending, Packed<T>* room) {
  if (len == 0) return;
  if (!fits<T>(len, 2)) {
    for (idx r = 0; r < rows; r++) sort_long(x + r * len, y + r * len, index + r * len, len, descending, room);
    return;
  }
  each_row(rows, len, [=](idx r, void* workspace) {
    auto* a = static_cast<Packed<T>*>(workspace);
    for (idx k = 0; k < len; k++) a[k] = pack(x[r * len + k], k, descending);
    sort_items<T>(a, a + len, len);
    unpack(x + r * len, a, y + r * len, index + r * len, len);
  });
}

/**
 * The k first of a row in `a`, which has room for 2·k + FEW items, in no order. Whatever is not before the k-th of those
 * seen so far is dropped at once, which is nearly everything when k is small.
 */
template <class T> static void first_items(const T* x, idx len, idx k, bool descending, Packed<T>* a) {
  const idx room = 2 * k + FEW;
  idx n = 0;
  Packed<T> limit = ~Packed<T>(0);
  for (idx i = 0; i < len; i++) {
    const Packed<T> item = pack(x[i], i, descending);
    if (item >= limit) continue;
    a[n++] = item;
    if (n == room) {
      select_item(a, n, k - 1);
      limit = a[k - 1];
      n = k;
    }
  }
  if (n > k) select_item(a, n, k - 1);
}

/** `room` has rows · (2·k + FEW + k) items where they are more than a workspace holds. */
template <class T>
static void topk(const T* x, T* y, int32_t* index, idx rows, idx len, idx k, bool largest, bool sorted, Packed<T>* room) {
  if (k == 0) return;
  const idx size = 3 * k + FEW;
  const bool own = fits<T>(size, 1);
  each_row(rows, len, [=](idx r, void* workspace) {
    Packed<T>* a = own ? static_cast<Packed<T>*>(workspace) : room + r * size;
    first_items(x + r * len, len, k, largest, a);
    if (sorted) merge_sort(a, a + 2 * k + FEW, k);  // by places too, which are in no order here
    unpack(x + r * len, a, y + r * k, index + r * k, k);
  });
}

/** The element that would be at `place` of the sorted row; `place` −1 is the lower median, or a NaN where there is one. */
template <class T> static void select(const T* x, T* y, int32_t* index, idx rows, idx len, idx place, Packed<T>* room) {
  const bool own = fits<T>(len, 1);
  each_row(rows, len, [=](idx r, void* workspace) {
    Packed<T>* a = own ? static_cast<Packed<T>*>(workspace) : room + r * len;
    const T* p = x + r * len;
    idx at = place < 0 ? (len - 1) / 2 : place;
    idx missing = -1;
    for (idx k = 0; k < len; k++) {
      a[k] = pack(p[k], k, false);
      if (place < 0 && missing < 0 && p[k] != p[k]) missing = k;
    }
    if (missing < 0) select_item(a, len, at), missing = place_of(a[at]);
    y[r] = p[missing];
    index[r] = static_cast<int32_t>(missing);
  });
}

#define ORDER(T, suffix)                                                                                                   \
  KERNEL(sort_##suffix, const T* x, T* y, int32_t* index, idx rows, idx len, int descending, Packed<T>* room) {            \
    sort(x, y, index, rows, len, descending, room);                                                                        \
  }                                                                                                                        \
  KERNEL(topk_##suffix, const T* x, T* y, int32_t* index, idx rows, idx len, idx k, int largest, int sorted,               \
         Packed<T>* room) {                                                                                                \
    topk(x, y, index, rows, len, k, largest, sorted, room);                                                                \
  }                                                                                                                        \
  KERNEL(select_##suffix, const T* x, T* y, int32_t* index, idx rows, idx len, idx place, Packed<T>* room) {               \
    select(x, y, index, rows, len, place, room);                                                                           \
  }                                                                                                                        \
  /* Of sorted elements the first of every run of equals, where each went, and how many there are; gives their number. */  \
  KERNEL_RETURNING(idx, unique_##suffix, const T* sorted, const int32_t* index, T* y, int32_t* inverse, int32_t* counts,   \
                   idx n) {                                                                                                \
    idx found = 0;                                                                                                         \
    for (idx i = 0; i < n; i++) {                                                                                          \
      if (i == 0 || sorted[i] != sorted[i - 1]) y[found] = sorted[i], counts[found++] = 0;                                 \
      counts[found - 1]++;                                                                                                 \
      inverse[index[i]] = static_cast<int32_t>(found - 1);                                                                 \
    }                                                                                                                      \
    return found;                                                                                                          \
  }                                                                                                                        \
  /* How many elements of a sorted row are less than v (or, from the right, at most v). */                                 \
  KERNEL(searchsorted_##suffix, const T* sorted, const T* v, int32_t* y, idx rows, idx len, idx k, int right) {            \
    each_row(rows, k, [=](idx r, void*) {                                                                                  \
      for (idx i = 0; i < k; i++) {                                                                                        \
        const T value = v[r * k + i];                                                                                      \
        idx low = 0, high = len;                                                                                           \
        while (low < high) {                                                                                               \
          const idx middle = low + (high - low) / 2;                                                                       \
          const T at = sorted[r * len + middle];                                                                           \
          if (right ? !(at > value) : !(at >= value)) low = middle + 1;                                                    \
          else high = middle;                                                                                              \
        }                                                                                                                  \
        y[r * k + i] = static_cast<int32_t>(low);                                                                          \
      }                                                                                                                    \
    });                                                                                                                    \
  }
ORDER(float, f32)
ORDER(double, f64)
ORDER(int32_t, i32)

/** y = 0, then y[x[i]] += weight[i], or 1 without weights; x lies in [0, bins). */
template <class T> static void bincount(const int32_t* x, const T* weights, T* y, idx n, idx bins) {
  for (idx i = 0; i < bins; i++) y[i] = 0;
  for (idx i = 0; i < n; i++) y[x[i]] += weights ? weights[i] : T(1);
}
KERNEL(bincount_f32, const int32_t* x, const float* weights, float* y, idx n, idx bins) { bincount(x, weights, y, n, bins); }
KERNEL(bincount_f64, const int32_t* x, const double* weights, double* y, idx n, idx bins) { bincount(x, weights, y, n, bins); }
KERNEL(bincount_i32, const int32_t* x, const int32_t* weights, int32_t* y, idx n, idx bins) { bincount(x, weights, y, n, bins); }

/** How many elements fall into each of equal bins from low to high, the last of which holds `high` too. */
template <class T> static void histc(const T* x, T* y, idx n, idx bins, T low, T high) {
  for (idx i = 0; i < bins; i++) y[i] = 0;
  for (idx i = 0; i < n; i++) {
    if (!(x[i] >= low && x[i] <= high)) continue;
    const idx bin = static_cast<idx>((x[i] - low) / (high - low) * static_cast<T>(bins));
    y[bin < bins ? bin : bins - 1] += 1;
  }
}
KERNEL(histc_f32, const float* x, float* y, idx n, idx bins, float low, float high) { histc(x, y, n, bins, low, high); }
KERNEL(histc_f64, const double* x, double* y, idx n, idx bins, double low, double high) { histc(x, y, n, bins, low, high); }

}  // namespace NABLA_ISA
