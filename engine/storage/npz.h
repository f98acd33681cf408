// NumPy's .npz: a ZIP archive of .npy arrays. Only what is stored without compression.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // C order

  [[nodiscard]] bool operator==(const NpyArray&) const = default;
};

/// Arrays of little-endian float32 in C order, by name (without “.npy”). Sizes and checksums are
/// checked before anything is believed; numbers must be finite.
[[nodiscard]] Result<std::map<std::string, NpyArray>> readNpz(std::string_view bytes, std::string_view fileName);

/// An archive that readNpz and NumPy's load read.
[[nodiscard]] std::string writeNpz(const std::map<std::string, NpyArray>& arrays);

}  // namespace kinescore
