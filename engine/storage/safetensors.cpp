#include "engine/storage/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/core/files.h"
#include "engine/storage/safetensors_header.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kFileLimitBytes = 16ull << 30;

Error damaged(const std::string& why) { return damagedTensorFile(why); }

template <class T>
T readValue(const char* data, std::size_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

float floatFromBfloat(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t(bits) << 16); }

}  // namespace

float floatFromHalf(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t(half & 0x8000) << 16;
  const std::uint32_t exponent = (half >> 10) & 31;
  const std::uint32_t mantissa = half & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
  if (exponent == 0) {
    const float value = std::ldexp(float(mantissa), -24);
    return sign ? -value : value;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

std::uint16_t halfFromFloat(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
  const float magnitude = std::fabs(value);
  if (std::isnan(value)) return sign | 0x7e00;
  if (magnitude >= 65520.0f) return sign | 0x7c00;
  if (magnitude < 6.103515625e-05f) {  // subnormal half: steps of 2^-24
    return sign | static_cast<std::uint16_t>(std::nearbyint(std::ldexp(magnitude, 24)));
  }
  const std::uint32_t rounded = (bits & 0x7fffffff) + 0xfff + ((bits >> 13) & 1);
  return sign | static_cast<std::uint16_t>((rounded >> 13) - (112u << 10));
}

bool allFinite(const TensorView& view) {
  const auto count = static_cast<std::size_t>(view.elementCount());
  const char* data = view.bytes.data();
  for (std::size_t i = 0; i < count; ++i) {
    switch (view.type) {
      case ElementType::F32: if (!std::isfinite(readValue<float>(data, i))) return false; break;
      case ElementType::F64: if (!std::isfinite(readValue<double>(data, i))) return false; break;
      case ElementType::F16: if ((readValue<std::uint16_t>(data, i) & 0x7c00) == 0x7c00) return false; break;
      case ElementType::BF16: if ((readValue<std::uint16_t>(data, i) & 0x7f80) == 0x7f80) return false; break;
      default: return true;
    }
  }
  return true;
}

std::int64_t TensorView::elementCount() const {
  std::int64_t count = 1;
  for (std::int64_t n : shape) count *= n;
  return count;
}

std::vector<float> TensorView::toFloats() const {
  std::vector<float> values(static_cast<std::size_t>(elementCount()));
  if (values.empty()) return values;
  const char* data = bytes.data();
  switch (type) {
    case ElementType::F32: std::memcpy(values.data(), data, values.size() * 4); break;
    case ElementType::F16: for (std::size_t i = 0; i < values.size(); ++i) values[i] = floatFromHalf(readValue<std::uint16_t>(data, i)); break;
    case ElementType::BF16: for (std::size_t i = 0; i < values.size(); ++i) values[i] = floatFromBfloat(readValue<std::uint16_t>(data, i)); break;
    case ElementType::F64: for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(readValue<double>(data, i)); break;
    case ElementType::I64: for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(readValue<std::int64_t>(data, i)); break;
    case ElementType::I32: for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(readValue<std::int32_t>(data, i)); break;
    case ElementType::I16: for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(readValue<std::int16_t>(data, i)); break;
    case ElementType::U8:
    case ElementType::Bool: for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(readValue<std::uint8_t>(data, i)); break;
  }
  return values;
}

Result<SafetensorsFile> SafetensorsFile::read(std::string bytes) {
  if (bytes.size() < 8) return damaged("it is too short");
  const auto headerBytes = readValue<std::uint64_t>(bytes.data(), 0);
  if (headerBytes > kSafetensorsHeaderLimitBytes || headerBytes > bytes.size() - 8) {
    return damaged("its header does not fit in it");
  }
  const std::string_view text(bytes.data() + 8, headerBytes);
  Result<SafetensorsHeader> header = parseSafetensorsHeader(text, bytes.size() - 8 - headerBytes);
  if (!header) return header.error();

  SafetensorsFile file;
  file.metadata_ = std::move(header->metadata);
  file.bytes_.assign(bytes.begin() + 8 + static_cast<std::ptrdiff_t>(headerBytes), bytes.end());
  for (TensorPlace& e : header->tensors) {
    TensorView view{e.type, std::move(e.shape), {file.bytes_.data() + e.begin, e.end - e.begin}};
    if (!allFinite(view)) return damaged("tensor “" + e.name.substr(0, 80) + "” holds a number that is not finite");
    file.tensors_.emplace(std::move(e.name), std::move(view));
  }
  return file;
}

Result<SafetensorsFile> SafetensorsFile::load(const std::filesystem::path& path) {
  Result<std::string> bytes = readFile(path, kFileLimitBytes);
  if (!bytes) return bytes.error();
  Result<SafetensorsFile> file = read(*std::move(bytes));
  if (!file) return file.error().withContext("“" + path.filename().string() + "”");
  return file;
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
  const auto it = tensors_.find(std::string(name));
  return it == tensors_.end() ? nullptr : &it->second;
}

Result<TensorView> SafetensorsFile::require(std::string_view name, std::vector<std::int64_t> shape) const {
  const TensorView* view = find(name);
  const std::string who = "tensor “" + std::string(name) + "” ";
  if (!view) return damaged(who + "is missing");
  bool fits = view->shape.size() == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i] < 0 || shape[i] == view->shape[i];
  if (!fits) return damaged(who + "has another shape than the network");
  return *view;
}

void SafetensorsWriter::setMetadata(std::string key, std::string value) { metadata_[std::move(key)] = std::move(value); }

void SafetensorsWriter::addBytes(std::string name, ElementType type, std::vector<std::int64_t> shape, std::string bytes) {
  assert(byteSizeOf(type, shape) == bytes.size());
  entries_[std::move(name)] = {type, std::move(shape), std::move(bytes)};
}

void SafetensorsWriter::addFloats(std::string name, std::vector<std::int64_t> shape, std::span<const float> values) {
  std::string bytes(values.size() * 4, '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  addBytes(std::move(name), ElementType::F32, std::move(shape), std::move(bytes));
}

void SafetensorsWriter::addFloatsAsHalf(std::string name, std::vector<std::int64_t> shape, std::span<const float> values) {
  std::string bytes(values.size() * 2, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t half = halfFromFloat(values[i]);
    std::memcpy(bytes.data() + 2 * i, &half, 2);
  }
  addBytes(std::move(name), ElementType::F16, std::move(shape), std::move(bytes));
}

std::string SafetensorsWriter::write() const {
  std::vector<TensorPlace> places;
  for (const auto& [name, entry] : entries_) places.push_back({name, entry.type, entry.shape});
  placeTensors(places);
  std::string out = writeSafetensorsHeader(places, metadata_);
  out.reserve(out.size() + (places.empty() ? 0 : places.back().end));
  for (const TensorPlace& place : places) out += entries_.at(place.name).bytes;
  return out;
}

}  // namespace kinescore
