// Random strided operands of one shape, as kernels are told of them: [ndim, (size, stride of each operand)…].
#pragma once
#include <algorithm>
#include <memory>

#include "session.h"

class Layout {
 public:
  idx count = 1;

  /** `writable` is an operand that repeats no element, or −1. */
  Layout(Dice& dice, int operands, int writable) : operands(operands), strides(static_cast<size_t>(operands)) {
    const idx ndim = dice.between(0, 6);
    for (idx d = 0; d < ndim; d++) {
      const idx limit = d + 1 == ndim && dice.percent(40) ? 90 : dice.percent(5) ? 40 : 5;
      sizes.push_back(dice.percent(2) ? 0 : dice.between(1, count * limit > 60000 ? 1 : limit));
      count *= sizes.back();
    }
    for (int k = 0; k < operands; k++) place(dice, k, k == writable);
  }

  /** How many elements operand k spans, and where in them its first element is. */
  idx span(int k) const { return count > 0 ? highest(k) - lowest(k) + 1 : 0; }
  idx start(int k) const { return count > 0 ? -lowest(k) : 0; }

  /** Where in its span the i-th element of operand k is. */
  idx at(int k, idx i) const {
    idx offset = start(k);
    for (size_t d = sizes.size(); d-- > 0; i /= sizes[d]) offset += i % sizes[d] * stride(k, d);
    return offset;
  }

  std::unique_ptr<Block<double>> table(Dice& dice) const {
    const idx ndim = static_cast<idx>(sizes.size());
    auto block = std::make_unique<Block<double>>(dice, 1 + ndim * (operands + 1));
    double* to = block->begin();
    *to++ = static_cast<double>(ndim);
    for (size_t d = 0; d < sizes.size(); d++) {
      *to++ = static_cast<double>(sizes[d]);
      for (int k = 0; k < operands; k++) *to++ = static_cast<double>(stride(k, d));
    }
    return block;
  }

 private:
  int operands;
  std::vector<idx> sizes;
  std::vector<std::vector<idx>> strides;

  idx stride(int k, size_t d) const { return strides[static_cast<size_t>(k)][d]; }
  idx lowest(int k) const {
    idx sum = 0;
    for (size_t d = 0; d < sizes.size(); d++) sum += std::min<idx>(0, stride(k, d) * (sizes[d] - 1));
    return sum;
  }
  idx highest(int k) const {
    idx sum = 0;
    for (size_t d = 0; d < sizes.size(); d++) sum += std::max<idx>(0, stride(k, d) * (sizes[d] - 1));
    return sum;
  }

  /** Row-major or permuted, tight or with gaps, some axes repeated (stride 0) or reversed. */
  void place(Dice& dice, int k, bool writable) {
    const bool plain = dice.percent(50), loose = dice.percent(30);
    std::vector<size_t> order(sizes.size());
    for (size_t d = 0; d < order.size(); d++) order[d] = order.size() - 1 - d;
    if (!plain)
      for (size_t d = order.size(); d > 1; d--) std::swap(order[d - 1], order[static_cast<size_t>(dice.between(0, static_cast<idx>(d) - 1))]);
    std::vector<idx>& to = strides[static_cast<size_t>(k)];
    to.resize(sizes.size());
    idx step = loose && dice.percent(50) ? 2 : 1;
    for (size_t d : order) {
      if (!writable && dice.percent(25)) {
        to[d] = 0;
        continue;
      }
      to[d] = dice.percent(5) ? -step : step;
      step = step * std::max<idx>(1, sizes[d]) + (loose ? dice.between(0, 2) : 0);
    }
  }
};
