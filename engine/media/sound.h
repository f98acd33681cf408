// A recording as numbers: one channel, −1 … 1.
#pragma once

#include <vector>

namespace kinescore {

struct Sound {
  int rate = 0;                // samples a second
  std::vector<float> samples;  // several channels are taken to one by their mean

  [[nodiscard]] double seconds() const { return rate > 0 ? double(samples.size()) / rate : 0; }
};

}  // namespace kinescore
