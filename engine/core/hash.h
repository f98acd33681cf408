// Content hashes: SHA-256 for files and takes, FNV-1a for in-memory tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kinescore {

/// SHA-256 (FIPS 180-4), fed in pieces.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }
  /// Any contiguous array of plain values, as its bytes.
  template <class T>
  void updateValues(std::span<const T> values) { update(std::as_bytes(values)); }
  /// Lower-case hexadecimal, 64 characters. The object is used up afterwards.
  [[nodiscard]] std::string finishHex();

 private:
  void processBlock(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> buffer_{};
  std::size_t buffered_ = 0;
  std::uint64_t totalBytes_ = 0;
};

[[nodiscard]] std::string sha256Hex(std::string_view bytes);

[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text,
                                            std::uint64_t seed = 0xcbf29ce484222325ull) {
  for (char c : text) {
    seed ^= static_cast<unsigned char>(c);
    seed *= 0x100000001b3ull;
  }
  return seed;
}

}  // namespace kinescore
