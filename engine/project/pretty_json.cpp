#include "engine/project/pretty_json.h"

#include <algorithm>

#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

using nlohmann::json;

bool isPlain(const json& value) { return !value.is_structured(); }

/// Plain values, or short lists of them ([[time, value], …]).
bool fitsOnALine(const json& list) {
  return std::all_of(list.begin(), list.end(), [](const json& item) {
    return isPlain(item) || (item.is_array() && std::all_of(item.begin(), item.end(), isPlain));
  });
}

void write(const json& value, int depth, std::string& out) {
  const bool isBlock = (value.is_object() && !value.empty()) || (value.is_array() && !fitsOnALine(value));
  if (!isBlock) {
    out += toText(value);
    return;
  }
  const auto newLine = [&](int indent) {
    out += '\n';
    out.append(std::size_t(indent), ' ');
  };
  out += value.is_object() ? '{' : '[';
  bool isFirst = true;
  for (const auto& [key, item] : value.items()) {
    if (!isFirst) out += ',';
    isFirst = false;
    newLine(depth + 1);
    if (value.is_object()) out += toText(json(key)) + ": ";
    write(item, depth + 1, out);
  }
  newLine(depth);
  out += value.is_object() ? '}' : ']';
}

}  // namespace

std::string toPrettyText(const json& value) {
  std::string out;
  write(value, 0, out);
  out += '\n';
  return out;
}

}  // namespace kinescore
