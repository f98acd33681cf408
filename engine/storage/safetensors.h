// Named tensors in one file: an 8-byte length, a JSON header, raw little-endian data. Read with
// every count checked before it is believed; never pickle.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

enum class ElementType { F32, F16, BF16, F64, I64, I32, I16, U8, Bool };
[[nodiscard]] std::size_t byteSizeOf(ElementType type);
/// "F32", as the files write it.
[[nodiscard]] const char* nameOf(ElementType type);

/// A view into the file's bytes.
struct TensorView {
  ElementType type = ElementType::F32;
  std::vector<std::int64_t> shape;
  std::string_view bytes;

  [[nodiscard]] std::int64_t elementCount() const;
  /// As floats: F32, F16, BF16 and F64 are converted; integers too.
  [[nodiscard]] std::vector<float> toFloats() const;
};

/// No NaN, no infinity; integers always are.
[[nodiscard]] bool allFinite(const TensorView& view);

class SafetensorsFile {
 public:
  /// Header of at most 100 MB, no duplicate names, sizes equal to shape × type, ranges in order,
  /// nothing overlapping or left over, all floats finite.
  [[nodiscard]] static Result<SafetensorsFile> read(std::string bytes);
  [[nodiscard]] static Result<SafetensorsFile> load(const std::filesystem::path& path);

  [[nodiscard]] const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  [[nodiscard]] const TensorView* find(std::string_view name) const;
  /// A tensor that must be there with this shape (-1: any length).
  [[nodiscard]] Result<TensorView> require(std::string_view name, std::vector<std::int64_t> shape) const;
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }

  SafetensorsFile(SafetensorsFile&&) = default;
  SafetensorsFile& operator=(SafetensorsFile&&) = default;

 private:
  SafetensorsFile() = default;
  std::vector<char> bytes_;  // not a string: a move must not change addresses
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

/// Collects tensors and writes them in name order, each aligned to 8 bytes.
class SafetensorsWriter {
 public:
  void setMetadata(std::string key, std::string value);
  void addBytes(std::string name, ElementType type, std::vector<std::int64_t> shape, std::string bytes);
  void addFloats(std::string name, std::vector<std::int64_t> shape, std::span<const float> values);
  /// Rounded to nearest even.
  void addFloatsAsHalf(std::string name, std::vector<std::int64_t> shape, std::span<const float> values);
  [[nodiscard]] std::string write() const;

 private:
  struct Entry {
    ElementType type;
    std::vector<std::int64_t> shape;
    std::string bytes;
  };
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

[[nodiscard]] float floatFromHalf(std::uint16_t half);
[[nodiscard]] std::uint16_t halfFromFloat(float value);

}  // namespace kinescore
