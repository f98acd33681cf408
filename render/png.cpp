#include "render/png.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace kinescore::render {
namespace {

std::uint32_t crc32(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = (c & 1u) ? 0xEDB88320u ^ (c >> 1) : c >> 1;
      made[n] = c;
    }
    return made;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char byte : bytes) crc = table[(crc ^ std::uint8_t(byte)) & 0xFFu] ^ (crc >> 8);
  return ~crc;
}

std::uint32_t adler32(std::string_view bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char byte : bytes) {
    a = (a + std::uint8_t(byte)) % 65521u;
    b = (b + a) % 65521u;
  }
  return (b << 16) | a;
}

void appendBigEndian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(char((value >> shift) & 0xFFu));
}

void appendChunk(std::string& out, std::string_view type, std::string_view data) {
  appendBigEndian(out, std::uint32_t(data.size()));
  const std::string body = std::string(type) + std::string(data);
  out += body;
  appendBigEndian(out, crc32(body));
}

/// Bits from the lowest up, as deflate wants them.
class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}
  void bits(std::uint32_t value, int count) {
    held_ |= std::uint64_t(value) << used_;
    used_ += count;
    while (used_ >= 8) {
      out_.push_back(char(held_ & 0xFFu));
      held_ >>= 8;
      used_ -= 8;
    }
  }
  /// Huffman codes go in from their highest bit.
  void code(std::uint32_t value, int count) {
    std::uint32_t turned = 0;
    for (int bit = 0; bit < count; ++bit) turned |= ((value >> bit) & 1u) << (count - 1 - bit);
    bits(turned, count);
  }
  void finish() {
    if (used_ > 0) bits(0, 8 - used_);
  }

 private:
  std::string& out_;
  std::uint64_t held_ = 0;
  int used_ = 0;
};

/// A literal, a length code or the end mark, in deflate's fixed code.
void fixedSymbol(BitWriter& writer, int symbol) {
  if (symbol < 144) writer.code(std::uint32_t(0x30 + symbol), 8);
  else if (symbol < 256) writer.code(std::uint32_t(0x190 + symbol - 144), 9);
  else if (symbol < 280) writer.code(std::uint32_t(symbol - 256), 7);
  else writer.code(std::uint32_t(0xC0 + symbol - 280), 8);
}

constexpr std::array<int, 29> kLengthBase = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                             31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<int, 29> kLengthExtra = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                              2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<int, 30> kDistanceBase = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                               33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                               1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

void writeMatch(BitWriter& writer, int length, int distance) {
  int code = 28;
  while (kLengthBase[std::size_t(code)] > length) --code;
  fixedSymbol(writer, 257 + code);
  writer.bits(std::uint32_t(length - kLengthBase[std::size_t(code)]), kLengthExtra[std::size_t(code)]);
  int place = 29;
  while (kDistanceBase[std::size_t(place)] > distance) --place;
  writer.code(std::uint32_t(place), 5);
  writer.bits(std::uint32_t(distance - kDistanceBase[std::size_t(place)]), place < 4 ? 0 : place / 2 - 1);
}

/// One block in the fixed code; repeats are found by the last place of the same three bytes.
std::string zlibStream(std::string_view data) {
  std::string out = "\x78\x01";
  BitWriter writer(out);
  writer.bits(1, 1);
  writer.bits(1, 2);
  std::vector<std::int64_t> last(1u << 15, -1);
  const std::int64_t size = std::int64_t(data.size());
  const auto keyAt = [&](std::int64_t i) {
    const std::uint32_t three = std::uint32_t(std::uint8_t(data[std::size_t(i)])) |
                                std::uint32_t(std::uint8_t(data[std::size_t(i + 1)])) << 8 |
                                std::uint32_t(std::uint8_t(data[std::size_t(i + 2)])) << 16;
    return (three * 2654435761u) >> 17;
  };
  for (std::int64_t i = 0; i < size;) {
    int length = 0;
    std::int64_t distance = 0;
    if (i + 3 <= size) {
      const std::uint32_t key = keyAt(i);
      const std::int64_t candidate = last[key];
      last[key] = i;
      if (candidate >= 0 && i - candidate <= 32768) {
        distance = i - candidate;
        while (length < 258 && i + length < size &&
               data[std::size_t(candidate + length)] == data[std::size_t(i + length)]) {
          ++length;
        }
      }
    }
    if (length >= 4) {
      writeMatch(writer, length, int(distance));
      for (std::int64_t skipped = i + 1; skipped < i + length && skipped + 3 <= size; ++skipped) {
        last[keyAt(skipped)] = skipped;
      }
      i += length;
    } else {
      fixedSymbol(writer, std::uint8_t(data[std::size_t(i)]));
      ++i;
    }
  }
  fixedSymbol(writer, 256);
  writer.finish();
  appendBigEndian(out, adler32(data));
  return out;
}

bool isOpaque(const Image& image) {
  for (std::size_t alpha = 3; alpha < image.rgba.size(); alpha += 4) {
    if (image.rgba[alpha] != 255) return false;
  }
  return true;
}

int paeth(int left, int above, int corner) {
  const int guess = left + above - corner;
  const int byLeft = std::abs(guess - left);
  const int byAbove = std::abs(guess - above);
  const int byCorner = std::abs(guess - corner);
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}

/// Every row by PNG's last filter: the difference from the likeliest neighbour.
std::string filteredRows(const Image& image, int channels) {
  std::string rows;
  rows.reserve((std::size_t(image.width) * std::size_t(channels) + 1) * std::size_t(image.height));
  for (int y = 0; y < image.height; ++y) {
    rows.push_back(4);
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const int left = x > 0 ? image.at(x - 1, y)[c] : 0;
        const int above = y > 0 ? image.at(x, y - 1)[c] : 0;
        const int corner = x > 0 && y > 0 ? image.at(x - 1, y - 1)[c] : 0;
        rows.push_back(char(image.at(x, y)[c] - paeth(left, above, corner)));
      }
    }
  }
  return rows;
}

}  // namespace

std::string pngBytes(const Image& image) {
  const bool opaque = isOpaque(image);
  std::string out("\x89PNG\r\n\x1a\n", 8);
  std::string header;
  appendBigEndian(header, std::uint32_t(image.width));
  appendBigEndian(header, std::uint32_t(image.height));
  header.push_back(8);
  header.push_back(opaque ? 2 : 6);
  header.append(3, '\0');
  appendChunk(out, "IHDR", header);
  appendChunk(out, "IDAT", zlibStream(filteredRows(image, opaque ? 3 : 4)));
  appendChunk(out, "IEND", {});
  return out;
}

}  // namespace kinescore::render
