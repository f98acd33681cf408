#include "engine/storage/npz.h"

#include <cmath>
#include <cstring>

#include "engine/storage/zip.h"
#include "engine/storage/zip_file.h"

namespace kinescore {

namespace {

constexpr std::uint64_t kMaxArrayBytes = std::uint64_t(1) << 30;

std::uint64_t littleEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint64_t(std::uint8_t(bytes[at + i])) << (8 * i);
  return value;
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
  if (!data.empty()) std::memcpy(array.values.data(), data.data(), data.size());
  for (float v : array.values) {
    if (!std::isfinite(v)) return Error{ErrorCode::BadInput, what + " holds numbers that are not finite."};
  }
  return array;
}

}  // namespace

Result<std::map<std::string, NpyArray>> readNpz(std::string_view bytes, std::string_view fileName) {
  const std::string file(fileName);
  const Result<std::vector<ZipEntry>> entries = listZip(bytes, fileName);
  if (!entries) return entries.error();
  std::map<std::string, NpyArray> arrays;
  for (const ZipEntry& entry : *entries) {
    if (entry.isDeflated) {
      return Error{ErrorCode::Unsupported, file + " is compressed; save it with numpy.savez, not savez_compressed."};
    }
    const Result<std::string> data = unpackZip(entry, fileName, kMaxArrayBytes);
    if (!data) return data.error();
    std::string name = entry.name;
    if (name.size() < 4 || name.substr(name.size() - 4) != ".npy") continue;
    name.resize(name.size() - 4);
    Result<NpyArray> array = readNpy(*data, file + ", array “" + name + "”");
    if (!array) return array.error();
    if (!arrays.emplace(std::move(name), std::move(*array)).second) {
      return Error{ErrorCode::BadInput, file + " is damaged or no NPZ archive."};
    }
  }
  return arrays;
}

namespace {

void appendNumber(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) out.push_back(char(value & 0xff));
}

std::string npyBytesOf(const NpyArray& array) {
  constexpr std::size_t kAlignment = 64, kBeforeHeader = 10;
  std::string shape;
  for (const std::int64_t size : array.shape) shape += std::to_string(size) + ",";
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  while ((header.size() + 1 + kBeforeHeader) % kAlignment != 0) header += ' ';
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  appendNumber(out, header.size(), 2);
  out += header;
  out.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float));
  return out;
}

}  // namespace

std::string writeNpz(const std::map<std::string, NpyArray>& arrays) {
  constexpr int kVersion = 20;
  std::string out, directory;
  for (const auto& [name, array] : arrays) {
    const std::string file = name + ".npy", content = npyBytesOf(array);
    std::string common;  // what an entry and its line in the directory share
    for (const auto& [value, bytes] : {std::pair<std::uint64_t, int>{kVersion, 2}, {0, 2}, {0, 2}, {0, 4}, {zipCrc32(content), 4},
                                       {content.size(), 4}, {content.size(), 4}, {file.size(), 2}, {0, 2}}) {
      appendNumber(common, value, bytes);
    }
    directory += "PK\x01\x02";
    appendNumber(directory, kVersion, 2);
    directory += common;
    appendNumber(directory, 0, 10);  // no comment, first disk, no attributes
    appendNumber(directory, out.size(), 4);
    directory += file;
    out += "PK\x03\x04" + common + file + content;
  }
  const std::size_t at = out.size();
  out += directory + "PK\x05\x06";
  for (const auto& [value, bytes] : {std::pair<std::uint64_t, int>{0, 4}, {arrays.size(), 2}, {arrays.size(), 2}, {directory.size(), 4}, {at, 4}, {0, 2}}) {
    appendNumber(out, value, bytes);
  }
  return out;
}

}  // namespace kinescore
