#include "engine/io/numpy_arrays.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "engine/io/limits.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kMaxArrayBytes = std::uint64_t(kMaxImportValues) * 4;

// The text between `key` and what ends its value, inside the header's dictionary.
std::string_view valueOf(std::string_view header, std::string_view key, char end) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + key.size());
  const std::size_t stop = rest.find(end);
  return stop == std::string_view::npos ? std::string_view() : rest.substr(0, stop);
}

template <class T>
double numberAt(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return double(value);
}

double halfAt(const char* at) {
  std::uint16_t bits;
  std::memcpy(&bits, at, sizeof bits);
  const int exponent = (bits >> 10) & 31;
  const double fraction = bits & 1023;
  const double size = exponent == 31  ? (fraction == 0 ? INFINITY : NAN)
                      : exponent == 0 ? std::ldexp(fraction, -24)
                                      : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -size : size;
}

struct NumberType {
  std::string_view name;  // of the header, after the byte order
  std::size_t bytes;
  double (*at)(const char*);
};
constexpr NumberType kTypes[] = {
    {"f4", 4, numberAt<float>},         {"f8", 8, numberAt<double>},        {"f2", 2, halfAt},
    {"i8", 8, numberAt<std::int64_t>},  {"i4", 4, numberAt<std::int32_t>},  {"i2", 2, numberAt<std::int16_t>},
    {"i1", 1, numberAt<std::int8_t>},   {"u8", 8, numberAt<std::uint64_t>}, {"u4", 4, numberAt<std::uint32_t>},
    {"u2", 2, numberAt<std::uint16_t>}, {"u1", 1, numberAt<std::uint8_t>},
};

const NumberType* typeOf(std::string_view header) {
  std::string_view text = valueOf(header, "'descr':", ',');
  const std::size_t open = text.find('\'');
  if (open == std::string_view::npos || text.size() < open + 5) return nullptr;
  const char order = text[open + 1];
  for (const NumberType& type : kTypes) {
    if (text.substr(open + 2, 2) != type.name || text[open + 4] != '\'') continue;
    return order == '<' || (order == '|' && type.bytes == 1) ? &type : nullptr;
  }
  return nullptr;
}

/// False: no shape, or one that is too large.
bool readShape(std::string_view header, std::vector<std::int64_t>& shape, std::uint64_t& count) {
  std::string_view text = valueOf(header, "'shape':", ')');
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return false;
  text.remove_prefix(open + 1);
  count = 1;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == ',') {
      ++i;
      continue;
    }
    std::uint64_t size = 0;
    if (text[i] < '0' || text[i] > '9') return false;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      size = size * 10 + std::uint64_t(text[i] - '0');
      if (size > std::uint64_t(kMaxImportValues)) return false;
    }
    count *= size;
    if (count > std::uint64_t(kMaxImportValues) || shape.size() >= 8) return false;
    shape.push_back(std::int64_t(size));
  }
  return true;
}

/// Where the element of row-major number `index` stands in Fortran order.
std::size_t fortranPlace(std::size_t index, const std::vector<std::int64_t>& shape) {
  std::size_t place = 0;
  std::size_t stride = 1;
  for (const std::int64_t size : shape) stride *= std::size_t(size);
  for (std::size_t a = shape.size(); a-- > 0;) {
    stride /= std::size_t(shape[a]);
    place += index % std::size_t(shape[a]) * stride;
    index /= std::size_t(shape[a]);
  }
  return place;
}

}  // namespace

Result<NumberArray> readNumpyArray(std::string_view bytes, std::string_view what) {
  static_assert(std::endian::native == std::endian::little);
  const std::string name(what);
  const Error bad{ErrorCode::BadInput, name + " is damaged or no NumPy array."};
  if (bytes.size() < 12 || bytes.substr(0, 6) != std::string_view("\x93NUMPY", 6)) return bad;
  const bool isFirst = bytes[6] == 1;
  const std::size_t start = isFirst ? 10 : 12;
  std::uint64_t headerSize = 0;
  for (std::size_t i = 8; i < start; ++i) headerSize |= std::uint64_t(std::uint8_t(bytes[i])) << (8 * (i - 8));
  if (headerSize > bytes.size() - start || headerSize > 65536) return bad;
  const std::string_view header = bytes.substr(start, headerSize);
  const std::string_view data = bytes.substr(start + headerSize);
  const NumberType* type = typeOf(header);
  if (type == nullptr) {
    return Error{ErrorCode::Unsupported, name + " holds no plain little-endian numbers; save it as float32 or float64."};
  }
  const bool isFortran = valueOf(header, "'fortran_order':", ',').find("True") != std::string_view::npos;
  NumberArray array;
  std::uint64_t count = 0;
  if (!readShape(header, array.shape, count)) return bad;
  if (data.size() != count * type->bytes) return Error{ErrorCode::BadInput, name + " has another length than its shape."};
  array.values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = isFortran ? fortranPlace(i, array.shape) : i;
    const auto value = float(type->at(data.data() + place * type->bytes));
    if (!std::isfinite(value)) return Error{ErrorCode::BadInput, name + " holds numbers that are not finite."};
    array.values[i] = value;
  }
  return array;
}

Result<NumpyArchive> NumpyArchive::open(std::string_view bytes, std::string_view fileName) {
  Result<std::vector<ZipEntry>> entries = listZip(bytes, fileName);
  if (!entries) return entries.error();
  NumpyArchive archive;
  archive.fileName_ = fileName;
  archive.entries_ = std::move(*entries);
  return archive;
}

const ZipEntry* NumpyArchive::find(std::string_view name) const {
  for (const ZipEntry& entry : entries_) {
    if (entry.name == std::string(name) + ".npy") return &entry;
  }
  return nullptr;
}

Result<NumberArray> NumpyArchive::read(std::string_view name) const {
  const ZipEntry* entry = find(name);
  if (entry == nullptr) return Error{ErrorCode::BadInput, fileName_ + " holds no array “" + std::string(name) + "”."};
  const Result<std::string> bytes = unpackZip(*entry, fileName_, kMaxArrayBytes);
  if (!bytes) return bytes.error();
  return readNumpyArray(*bytes, fileName_ + ", array “" + std::string(name) + "”");
}

}  // namespace kinescore
