#include "engine/storage/npz.h"

#include <array>
#include <cmath>
#include <cstring>

namespace kinescore {

namespace {

constexpr std::size_t kMaxEntries = 1024;

std::uint64_t littleEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint64_t(std::uint8_t(bytes[at + i])) << (8 * i);
  return value;
}

std::uint32_t crc32(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = (c & 1) ? 0xedb88320u ^ (c >> 1) : c >> 1;
      t[i] = c;
    }
    return t;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (char c : bytes) crc = table[(crc ^ std::uint8_t(c)) & 0xff] ^ (crc >> 8);
  return crc ^ 0xffffffffu;
}

// The text between `key` and what ends its value, inside the header's dictionary.
std::string_view valueOf(std::string_view header, std::string_view key, char end) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + key.size());
  const std::size_t stop = rest.find(end);
  return stop == std::string_view::npos ? std::string_view() : rest.substr(0, stop);
}

Result<NpyArray> readNpy(std::string_view bytes, const std::string& what) {
  const Error bad{ErrorCode::BadInput, what + " is no float32 array in C order."};
  if (bytes.size() < 10 || bytes.substr(0, 6) != std::string_view("\x93NUMPY", 6)) return bad;
  const int lengthBytes = bytes[6] == 1 ? 2 : 4;
  if (bytes.size() < std::size_t(8 + lengthBytes)) return bad;
  const std::uint64_t headerSize = littleEndian(bytes, 8, lengthBytes);
  const std::size_t start = 8 + std::size_t(lengthBytes);
  if (headerSize > bytes.size() - start || headerSize > 65536) return bad;
  const std::string_view header = bytes.substr(start, headerSize);
  const std::string_view data = bytes.substr(start + headerSize);
  if (valueOf(header, "'descr':", ',').find("'<f4'") == std::string_view::npos ||
      valueOf(header, "'fortran_order':", ',').find("False") == std::string_view::npos) {
    return bad;
  }
  std::string_view shape = valueOf(header, "'shape':", ')');
  const std::size_t open = shape.find('(');
  if (open == std::string_view::npos) return bad;
  shape.remove_prefix(open + 1);
  NpyArray array;
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < shape.size();) {
    if (shape[i] == ' ' || shape[i] == ',') {
      ++i;
      continue;
    }
    std::uint64_t size = 0;
    if (shape[i] < '0' || shape[i] > '9') return bad;
    for (; i < shape.size() && shape[i] >= '0' && shape[i] <= '9'; ++i) {
      size = size * 10 + std::uint64_t(shape[i] - '0');
      if (size > (std::uint64_t(1) << 40)) return bad;
    }
    if (__builtin_mul_overflow(count, size, &count) || array.shape.size() >= 8) return bad;
    array.shape.push_back(std::int64_t(size));
  }
  if (count > data.size() / 4 || data.size() != count * 4) {
    return Error{ErrorCode::BadInput, what + " has another length than its shape."};
  }
  array.values.resize(count);
  std::memcpy(array.values.data(), data.data(), data.size());
  for (float v : array.values) {
    if (!std::isfinite(v)) return Error{ErrorCode::BadInput, what + " holds numbers that are not finite."};
  }
  return array;
}

}  // namespace

Result<std::map<std::string, NpyArray>> readNpz(std::string_view bytes, std::string_view fileName) {
  const std::string file(fileName);
  const Error damaged{ErrorCode::BadInput, file + " is damaged or no NPZ archive."};
  // The end record: signature, counts, place of the central directory; a comment may follow.
  if (bytes.size() < 22) return damaged;
  std::size_t end = std::string_view::npos;
  const std::size_t earliest = bytes.size() > 22 + 65535 ? bytes.size() - 22 - 65535 : 0;
  for (std::size_t at = bytes.size() - 22 + 1; at-- > earliest;) {
    if (bytes.substr(at, 4) == "PK\x05\x06") {
      end = at;
      break;
    }
  }
  if (end == std::string_view::npos) return damaged;
  const std::size_t entries = littleEndian(bytes, end + 10, 2);
  std::size_t at = littleEndian(bytes, end + 16, 4);
  if (entries > kMaxEntries) return damaged;
  std::map<std::string, NpyArray> arrays;
  for (std::size_t i = 0; i < entries; ++i) {
    if (at > end || end - at < 46 || bytes.substr(at, 4) != "PK\x01\x02") return damaged;
    const std::uint64_t method = littleEndian(bytes, at + 10, 2);
    const std::uint64_t crc = littleEndian(bytes, at + 16, 4);
    const std::uint64_t packed = littleEndian(bytes, at + 20, 4);
    const std::uint64_t size = littleEndian(bytes, at + 24, 4);
    const std::uint64_t nameSize = littleEndian(bytes, at + 28, 2);
    const std::uint64_t extras = littleEndian(bytes, at + 30, 2) + littleEndian(bytes, at + 32, 2);
    const std::uint64_t local = littleEndian(bytes, at + 42, 4);
    if (end - at < 46 + nameSize + extras) return damaged;
    std::string name(bytes.substr(at + 46, nameSize));
    at += 46 + nameSize + extras;
    if (method != 0 || packed != size) {
      return Error{ErrorCode::Unsupported, file + " is compressed; save it with numpy.savez, not savez_compressed."};
    }
    if (local > bytes.size() || bytes.size() - local < 30 || bytes.substr(local, 4) != "PK\x03\x04") return damaged;
    const std::uint64_t dataAt = local + 30 + littleEndian(bytes, local + 26, 2) + littleEndian(bytes, local + 28, 2);
    if (dataAt > bytes.size() || bytes.size() - dataAt < size) return damaged;
    const std::string_view data = bytes.substr(dataAt, size);
    if (crc32(data) != crc) return Error{ErrorCode::BadInput, file + " is damaged: the checksum of " + name + " is wrong."};
    if (name.size() < 4 || name.substr(name.size() - 4) != ".npy") continue;
    name.resize(name.size() - 4);
    Result<NpyArray> array = readNpy(data, file + ", array “" + name + "”");
    if (!array) return array.error();
    if (!arrays.emplace(std::move(name), std::move(*array)).second) return damaged;
  }
  return arrays;
}

}  // namespace kinescore
