// Arrays as other people's scripts save them: .npy files, and .npz archives stored or compressed, of
// the usual number types. Only what is asked for is read, so that an archive may hold text, pickled
// objects and arrays of no interest beside it; nothing of those is ever interpreted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/storage/zip.h"

namespace kinescore {

/// Row-major, last index fastest; a scalar has no shape and one value.
struct NumberArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// float16/32/64, whole numbers of 1 to 8 bytes, in C or Fortran order, little-endian. Numbers must
/// be finite as float32.
[[nodiscard]] Result<NumberArray> readNumpyArray(std::string_view bytes, std::string_view what);

class NumpyArchive {
 public:
  [[nodiscard]] static Result<NumpyArchive> open(std::string_view bytes, std::string_view fileName);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] Result<NumberArray> read(std::string_view name) const;

 private:
  [[nodiscard]] const ZipEntry* find(std::string_view name) const;

  std::string fileName_;
  std::vector<ZipEntry> entries_;
};

}  // namespace kinescore
