// The header of a safetensors file: which tensor lies where. For the files of storage/ that read and write
// such files, whole or piece by piece.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/storage/safetensors.h"

namespace kinescore {

inline constexpr std::uint64_t kSafetensorsHeaderLimitBytes = 100ull << 20;

struct TensorPlace {
  std::string name;
  ElementType type = ElementType::F32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  // bytes, counted from the end of the header
};

struct SafetensorsHeader {
  std::vector<TensorPlace> tensors;  // in the order of their data, without gaps
  std::map<std::string, std::string> metadata;
};

/// `dataBytes` is what the file holds behind its header; all of it must be accounted for.
[[nodiscard]] Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, std::uint64_t dataBytes);

/// Orders tensors and sets their places: wide types first, so that each starts at a multiple of its element's
/// size; else as they come.
void placeTensors(std::vector<TensorPlace>& tensors);
/// The beginning of a file, up to the data: length, JSON, filled up to a multiple of 8 bytes.
[[nodiscard]] std::string writeSafetensorsHeader(const std::vector<TensorPlace>& tensors,
                                                 const std::map<std::string, std::string>& metadata);

/// Bytes of a shape that was checked.
[[nodiscard]] std::uint64_t byteSizeOf(ElementType type, const std::vector<std::int64_t>& shape);

[[nodiscard]] Error damagedTensorFile(const std::string& why);

}  // namespace kinescore
