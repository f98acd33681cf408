#include "engine/storage/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/storage/json.h"

namespace kinescore {
namespace {

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

/// Elements of a shape, or nothing when it is negative or does not fit.
std::optional<std::int64_t> countOf(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (std::int64_t n : shape) {
    if (n < 0 || __builtin_mul_overflow(count, n, &count)) return std::nullopt;
  }
  return count;
}

Result<TensorPlace> readEntry(const std::string& name, const nlohmann::json& json, std::uint64_t dataBytes) {
  const std::string who = "tensor “" + name.substr(0, 80) + "” ";
  if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") || !json.contains("data_offsets")) {
    return damagedTensorFile(who + "is not described");
  }
  TensorPlace entry;
  entry.name = name;
  const auto& dtype = json["dtype"];
  const auto type = dtype.is_string() ? typeNamed(dtype.get_ref<const std::string&>()) : std::nullopt;
  if (!type) return damagedTensorFile(who + "has an unknown type");
  entry.type = type->type;
  const auto& shape = json["shape"];
  if (!shape.is_array() || shape.size() > 8) return damagedTensorFile(who + "has a strange shape");
  for (const auto& n : shape) {
    if (!n.is_number_integer()) return damagedTensorFile(who + "has a strange shape");
    entry.shape.push_back(n.get<std::int64_t>());
  }
  const auto& offsets = json["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    return damagedTensorFile(who + "has no data range");
  }
  entry.begin = offsets[0].get<std::uint64_t>();
  entry.end = offsets[1].get<std::uint64_t>();
  const auto count = countOf(entry.shape);
  std::int64_t bytes = 0;
  if (!count || __builtin_mul_overflow(*count, std::int64_t(type->bytes), &bytes) || entry.begin > entry.end ||
      entry.end > dataBytes || entry.end - entry.begin != static_cast<std::uint64_t>(bytes)) {
    return damagedTensorFile(who + "has a size that does not fit its shape");
  }
  return entry;
}

}  // namespace

std::size_t byteSizeOf(ElementType type) { return typeOf(type).bytes; }

std::uint64_t byteSizeOf(ElementType type, const std::vector<std::int64_t>& shape) {
  const auto count = countOf(shape);
  assert(count);
  return static_cast<std::uint64_t>(*count) * byteSizeOf(type);
}

const char* nameOf(ElementType type) { return typeOf(type).name; }

Error damagedTensorFile(const std::string& why) {
  return {ErrorCode::BadInput, "The tensor file is damaged: " + why + "."};
}

Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, std::uint64_t dataBytes) {
  if (text.empty() || text.front() != '{') return damagedTensorFile("its header is not JSON");
  const Result<nlohmann::json> json = parseJson(text, "tensor file's header", kSafetensorsHeaderLimitBytes);
  if (!json) return json.error();
  SafetensorsHeader header;
  for (const auto& [name, entry] : json->items()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) return damagedTensorFile("its notes are not texts");
        header.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    Result<TensorPlace> place = readEntry(name, entry, dataBytes);
    if (!place) return place.error();
    header.tensors.push_back(*std::move(place));
  }
  std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorPlace& a, const TensorPlace& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t covered = 0;
  for (const TensorPlace& place : header.tensors) {
    if (place.begin != covered) return damagedTensorFile("its tensors overlap or leave a gap");
    covered = place.end;
  }
  if (covered != dataBytes) return damagedTensorFile("it is longer or shorter than its header says");
  return header;
}

void placeTensors(std::vector<TensorPlace>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(),
                   [](const TensorPlace& a, const TensorPlace& b) { return byteSizeOf(a.type) > byteSizeOf(b.type); });
  std::uint64_t offset = 0;
  for (TensorPlace& place : tensors) {
    place.begin = offset;
    place.end = offset += byteSizeOf(place.type, place.shape);
  }
}

std::string writeSafetensorsHeader(const std::vector<TensorPlace>& tensors,
                                   const std::map<std::string, std::string>& metadata) {
  nlohmann::json header = nlohmann::json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  for (const TensorPlace& place : tensors) {
    header[place.name] = {
        {"dtype", nameOf(place.type)}, {"shape", place.shape}, {"data_offsets", {place.begin, place.end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + text;
}

}  // namespace kinescore
