// Sizes and wiring of a GEM network.
#pragma once

#include <cstdint>

namespace kinescore::gem {

enum class Wiring {
  Full,        // "gem_smpl": text, music and speech too; sampled by diffusion or asked once
  Regression,  // "gem_smpl_regression": only what is seen in video; asked once
};

struct Config {
  Wiring wiring = Wiring::Full;
  std::int64_t width = 1024;
  std::int64_t layers = 16;
  std::int64_t heads = 8;
  std::int64_t mlpRatio = 4;
  std::int64_t window = 120;  // frames a frame can attend to; also the longest clip of training

  [[nodiscard]] bool hasText() const { return wiring == Wiring::Full; }
  [[nodiscard]] std::int64_t headWidth() const { return width / heads; }
  bool operator==(const Config&) const = default;

  [[nodiscard]] static Config full() { return {}; }
  [[nodiscard]] static Config regression() { return {Wiring::Regression, 512, 12, 8, 4, 120}; }
};

}  // namespace kinescore::gem
