#include "engine/storage/compression.h"

#include <zstd.h>

#include <memory>

namespace kinescore {

std::string compressZstd(std::string_view bytes, int level) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  assert(!ZSTD_isError(size));
  out.resize(size);
  return out;
}

Result<std::string> decompressZstd(std::string_view bytes, std::size_t limitBytes) {
  const Error damaged{ErrorCode::BadInput, "The compressed part is damaged."};
  const unsigned long long declared = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN) return damaged;
  if (declared > limitBytes) {
    return Error{ErrorCode::BadInput, "The compressed part claims " + std::to_string(declared >> 20) +
                                          " MB, more than the " + std::to_string(limitBytes >> 20) + " MB allowed."};
  }
  // A frame cannot shrink its content more than about 1 : 100 000; believe no more than that.
  if (declared / 200'000 > bytes.size()) return damaged;
  std::string out(declared, '\0');
  const std::size_t size = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) || size != declared) return damaged;
  return out;
}

}  // namespace kinescore
