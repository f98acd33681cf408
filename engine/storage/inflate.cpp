#include "engine/storage/inflate.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace kinescore {
namespace {

constexpr int kLongestCode = 15;

/// Bits from the lowest of each byte up. Past the end come zeros, and `isCutOff` tells.
class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t take(int count) {
    while (held_ < count) {
      buffer_ |= std::uint64_t(nextByte()) << held_;
      held_ += 8;
    }
    const std::uint32_t value = std::uint32_t(buffer_ & ((std::uint64_t(1) << count) - 1));
    buffer_ >>= count;
    held_ -= count;
    return value;
  }
  void dropToByte() {
    const int odd = held_ % 8;
    buffer_ >>= odd;
    held_ -= odd;
  }
  [[nodiscard]] bool isCutOff() const { return missing_ * 8 > held_; }

 private:
  std::uint8_t nextByte() {
    if (at_ < bytes_.size()) return std::uint8_t(bytes_[at_++]);
    ++missing_;
    return 0;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t buffer_ = 0;
  int held_ = 0, missing_ = 0;
};

/// A canonical Huffman code: how many codes each length has, and the symbols in order of their codes.
class Code {
 public:
  /// False when the lengths are no code: too many for their lengths.
  [[nodiscard]] bool build(std::span<const std::uint8_t> lengths) {
    counts_.fill(0);
    for (const std::uint8_t length : lengths) ++counts_[length];
    counts_[0] = 0;
    int room = 1;
    std::array<int, kLongestCode + 2> offsets{};
    for (int length = 1; length <= kLongestCode; ++length) {
      room = 2 * room - counts_[length];
      if (room < 0) return false;
      offsets[length + 1] = offsets[length] + counts_[length];
    }
    symbols_.assign(lengths.size(), 0);
    for (std::size_t s = 0; s < lengths.size(); ++s) {
      if (lengths[s] != 0) symbols_[std::size_t(offsets[lengths[s]]++)] = int(s);
    }
    return true;
  }

  /// −1: the bits are no code.
  [[nodiscard]] int read(Bits& bits) const {
    int code = 0, first = 0, index = 0;
    for (int length = 1; length <= kLongestCode; ++length) {
      code |= int(bits.take(1));
      const int count = counts_[length];
      if (code - first < count) return symbols_[std::size_t(index + code - first)];
      index += count;
      first = 2 * (first + count);
      code *= 2;
    }
    return -1;
  }

 private:
  std::array<int, kLongestCode + 1> counts_{};
  std::vector<int> symbols_;
};

constexpr std::array<int, 29> kLengthBase = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                             31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<int, 29> kLengthBits = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<int, 30> kReachBase = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                            193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<int, 30> kReachBits = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                            6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
constexpr std::array<int, 19> kCodeOrder = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

class Inflating {
 public:
  Inflating(std::string_view packed, std::uint64_t size) : bits_(packed), size_(size) {}

  bool run() {
    out_.reserve(size_);
    bool isLast = false;
    while (!isLast) {
      isLast = bits_.take(1) != 0;
      const std::uint32_t kind = bits_.take(2);
      const bool good = kind == 0 ? stored() : kind == 1 ? fixedBlock() : kind == 2 && dynamicBlock();
      if (!good || bits_.isCutOff()) return false;
    }
    return out_.size() == size_;
  }
  std::string& out() { return out_; }

 private:
  bool stored() {
    bits_.dropToByte();
    const std::uint32_t length = bits_.take(16), complement = bits_.take(16);
    if (length != (complement ^ 0xffffu) || length > size_ - out_.size()) return false;
    for (std::uint32_t i = 0; i < length && !bits_.isCutOff(); ++i) out_.push_back(char(bits_.take(8)));
    return true;
  }

  bool fixedBlock() {
    std::array<std::uint8_t, 288> lengths{};
    for (std::size_t s = 0; s < lengths.size(); ++s) lengths[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
    std::array<std::uint8_t, 30> reaches{};
    reaches.fill(5);
    Code literals, reach;
    return literals.build(lengths) && reach.build(reaches) && block(literals, reach);
  }

  bool dynamicBlock() {
    const std::size_t literalCount = bits_.take(5) + 257, reachCount = bits_.take(5) + 1, codeCount = bits_.take(4) + 4;
    if (literalCount > 286 || reachCount > 30) return false;
    std::array<std::uint8_t, 19> codeLengths{};
    for (std::size_t i = 0; i < codeCount; ++i) codeLengths[std::size_t(kCodeOrder[i])] = std::uint8_t(bits_.take(3));
    Code codes;
    if (!codes.build(codeLengths)) return false;
    std::vector<std::uint8_t> lengths;
    while (lengths.size() < literalCount + reachCount) {
      const int symbol = codes.read(bits_);
      if (symbol < 0 || bits_.isCutOff()) return false;
      if (symbol < 16) {
        lengths.push_back(std::uint8_t(symbol));
        continue;
      }
      if (symbol == 16 && lengths.empty()) return false;
      const std::uint8_t value = symbol == 16 ? lengths.back() : 0;
      const std::uint32_t times = symbol == 16 ? 3 + bits_.take(2) : symbol == 17 ? 3 + bits_.take(3) : 11 + bits_.take(7);
      lengths.insert(lengths.end(), times, value);
    }
    if (lengths.size() != literalCount + reachCount) return false;
    Code literals, reach;
    const std::span<const std::uint8_t> all(lengths);
    return literals.build(all.first(literalCount)) && reach.build(all.subspan(literalCount)) && block(literals, reach);
  }

  bool block(const Code& literals, const Code& reaches) {
    while (!bits_.isCutOff()) {
      const int symbol = literals.read(bits_);
      if (symbol < 0 || symbol > 285) return false;
      if (symbol == 256) return true;
      if (symbol < 256) {
        if (out_.size() >= size_) return false;
        out_.push_back(char(symbol));
        continue;
      }
      const std::size_t row = std::size_t(symbol - 257);
      const std::size_t length = std::size_t(kLengthBase[row]) + bits_.take(kLengthBits[row]);
      const int reachSymbol = reaches.read(bits_);
      if (reachSymbol < 0 || reachSymbol > 29) return false;
      const std::size_t reach = std::size_t(kReachBase[std::size_t(reachSymbol)]) + bits_.take(kReachBits[std::size_t(reachSymbol)]);
      if (reach > out_.size() || length > size_ - out_.size()) return false;
      for (std::size_t i = 0; i < length; ++i) out_.push_back(out_[out_.size() - reach]);
    }
    return false;
  }

  Bits bits_;
  std::uint64_t size_;
  std::string out_;
};

}  // namespace

Result<std::string> inflateDeflate(std::string_view packed, std::uint64_t size) {
  const Error damaged{ErrorCode::BadInput, "the packed data is damaged."};
  // DEFLATE packs at most about 1032 to 1: a size beyond that is a lie, found before any memory is asked for.
  if (size / 1100 > packed.size()) return damaged;
  Inflating inflating(packed, size);
  if (!inflating.run()) return damaged;
  return std::move(inflating.out());
}

}  // namespace kinescore
