#include "engine/storage/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include "engine/core/files.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace {

constexpr std::uint64_t kHeaderLimitBytes = 100ull << 20;
constexpr std::uint64_t kFileLimitBytes = 16ull << 30;

struct TypeName {
  ElementType type;
  const char* name;
  std::size_t bytes;
};
constexpr TypeName kTypes[] = {
    {ElementType::F32, "F32", 4}, {ElementType::F16, "F16", 2}, {ElementType::BF16, "BF16", 2},
    {ElementType::F64, "F64", 8}, {ElementType::I64, "I64", 8}, {ElementType::I32, "I32", 4},
    {ElementType::I16, "I16", 2}, {ElementType::U8, "U8", 1},   {ElementType::Bool, "BOOL", 1}};

std::optional<TypeName> typeNamed(std::string_view name) {
  for (const TypeName& t : kTypes) {
    if (t.name == name) return t;
  }
  return std::nullopt;
}

const TypeName& typeOf(ElementType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeName& t) { return t.type == type; });
}

Error damaged(const std::string& why) {
  return {ErrorCode::BadInput, "The tensor file is damaged: " + why + "."};
}

template <class T>
T readValue(const char* data, std::size_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

float floatFromBfloat(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t(bits) << 16); }

bool allFinite(const TensorView& view) {
  const auto count = static_cast<std::size_t>(view.elementCount());
  for (std::size_t i = 0; i < count; ++i) {
    switch (view.type) {
      case ElementType::F32: if (!std::isfinite(readValue<float>(view.bytes.data(), i))) return false; break;
      case ElementType::F64: if (!std::isfinite(readValue<double>(view.bytes.data(), i))) return false; break;
      case ElementType::F16: if ((readValue<std::uint16_t>(view.bytes.data(), i) & 0x7c00) == 0x7c00) return false; break;
      case ElementType::BF16: if ((readValue<std::uint16_t>(view.bytes.data(), i) & 0x7f80) == 0x7f80) return false; break;
      default: return true;
    }
  }
  return true;
}

/// Elements of a shape, or nothing when it is negative or does not fit.
std::optional<std::int64_t> countOf(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (std::int64_t n : shape) {
    if (n < 0 || __builtin_mul_overflow(count, n, &count)) return std::nullopt;
  }
  return count;
}

struct HeaderEntry {
  std::string name;
  ElementType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

Result<HeaderEntry> readEntry(const std::string& name, const nlohmann::json& json, std::uint64_t dataBytes) {
  const std::string who = "tensor “" + name.substr(0, 80) + "” ";
  if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") || !json.contains("data_offsets")) {
    return damaged(who + "is not described");
  }
  HeaderEntry entry;
  entry.name = name;
  const auto& dtype = json["dtype"];
  const auto type = dtype.is_string() ? typeNamed(dtype.get_ref<const std::string&>()) : std::nullopt;
  if (!type) return damaged(who + "has an unknown type");
  entry.type = type->type;
  const auto& shape = json["shape"];
  if (!shape.is_array() || shape.size() > 8) return damaged(who + "has a strange shape");
  for (const auto& n : shape) {
    if (!n.is_number_integer()) return damaged(who + "has a strange shape");
    entry.shape.push_back(n.get<std::int64_t>());
  }
  const auto& offsets = json["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    return damaged(who + "has no data range");
  }
  entry.begin = offsets[0].get<std::uint64_t>();
  entry.end = offsets[1].get<std::uint64_t>();
  const auto count = countOf(entry.shape);
  std::int64_t bytes = 0;
  if (!count || __builtin_mul_overflow(*count, std::int64_t(type->bytes), &bytes) || entry.begin > entry.end ||
      entry.end > dataBytes || entry.end - entry.begin != static_cast<std::uint64_t>(bytes)) {
    return damaged(who + "has a size that does not fit its shape");
  }
  return entry;
}

}  // namespace

std::size_t byteSizeOf(ElementType type) { return typeOf(type).bytes; }

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
  if (headerBytes > kHeaderLimitBytes || headerBytes > bytes.size() - 8) return damaged("its header does not fit in it");
  const std::string_view headerText(bytes.data() + 8, headerBytes);
  if (headerText.empty() || headerText.front() != '{') return damaged("its header is not JSON");
  Result<nlohmann::json> header = parseJson(headerText, "tensor file's header", kHeaderLimitBytes);
  if (!header) return header.error();

  SafetensorsFile file;
  const std::uint64_t dataBytes = bytes.size() - 8 - headerBytes;
  std::vector<HeaderEntry> entries;
  for (const auto& [name, json] : header->items()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) return damaged("its notes are not texts");
        file.metadata_[key] = value.get<std::string>();
      }
      continue;
    }
    Result<HeaderEntry> entry = readEntry(name, json, dataBytes);
    if (!entry) return entry.error();
    entries.push_back(*std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const HeaderEntry& e : entries) {
    if (e.begin != covered) return damaged("its tensors overlap or leave a gap");
    covered = e.end;
  }
  if (covered != dataBytes) return damaged("it is longer or shorter than its header says");

  file.bytes_.assign(bytes.begin() + 8 + static_cast<std::ptrdiff_t>(headerBytes), bytes.end());
  for (HeaderEntry& e : entries) {
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
  assert(countOf(shape) && std::size_t(*countOf(shape)) * byteSizeOf(type) == bytes.size());
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
  nlohmann::json header = nlohmann::json::object();
  if (!metadata_.empty()) header["__metadata__"] = metadata_;
  // Wide types first, so that every tensor starts at a multiple of its element's size.
  std::vector<const std::pair<const std::string, Entry>*> order;
  for (const auto& entry : entries_) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) {
    return byteSizeOf(a->second.type) > byteSizeOf(b->second.type);
  });
  std::uint64_t offset = 0;
  for (const auto* e : order) {
    const std::uint64_t end = offset + e->second.bytes.size();
    header[e->first] = {{"dtype", typeOf(e->second.type).name}, {"shape", e->second.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  out += text;
  out.reserve(out.size() + offset);
  for (const auto* e : order) out += e->second.bytes;
  return out;
}

}  // namespace kinescore
