// The wire format of protocol buffers, as far as reading a message of strangers needs it: fields one after the
// other, each with its number and its raw value. Groups, which nobody writes any more, are refused.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kinescore {

struct ProtobufField {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // whole numbers; the bits of fixed32 and fixed64
  std::string_view bytes;  // texts, bytes, messages inside

  [[nodiscard]] float asFloat() const { return std::bit_cast<float>(static_cast<std::uint32_t>(value)); }
};

class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  /// The next field; nothing at the end and where the message is damaged (see isDamaged).
  [[nodiscard]] std::optional<ProtobufField> next() {
    if (rest_.empty() || damaged_) return std::nullopt;
    ProtobufField field;
    const std::uint64_t tag = varint();
    field.number = static_cast<std::uint32_t>(tag >> 3);
    switch (tag & 7) {
      case 0: field.value = varint(); break;
      case 1: field.value = fixed(8); break;
      case 2: field.bytes = take(varint()); break;
      case 5: field.value = fixed(4); break;
      default: damaged_ = true;
    }
    if (field.number == 0 || tag >> 32 != 0) damaged_ = true;
    if (damaged_) return std::nullopt;
    return field;
  }
  [[nodiscard]] bool isDamaged() const { return damaged_; }

 private:
  std::string_view take(std::uint64_t count) {
    if (damaged_ || count > rest_.size()) {
      damaged_ = true;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(static_cast<std::size_t>(count));
    return bytes;
  }
  std::uint64_t fixed(std::uint64_t count) {
    std::uint64_t value = 0;
    const std::string_view raw = take(count);
    for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint64_t(std::uint8_t(raw[i])) << (8 * i);
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      const std::string_view byte = take(1);
      if (byte.empty()) return 0;
      if (shift == 63 && std::uint8_t(byte[0]) > 1) break;  // beyond 64 bits
      value |= std::uint64_t(byte[0] & 0x7f) << shift;
      if (!(byte[0] & 0x80)) return value;
    }
    damaged_ = true;
    return 0;
  }

  std::string_view rest_;
  bool damaged_ = false;
};

}  // namespace kinescore
