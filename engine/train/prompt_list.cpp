#include "engine/train/prompt_list.h"

#include "engine/core/files.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace {

constexpr std::size_t kMostPrompts = 1000;
constexpr double kLongestSeconds = 600;

}  // namespace

Result<PromptList> readPromptList(const std::filesystem::path& path) {
  auto bytes = readFile(path, 1 << 20);
  if (!bytes) return bytes.error();
  auto json = parseJson(*bytes, "list of prompts");
  if (!json) return json.error();
  const auto wrong = [&](const std::string& what) {
    return Error{ErrorCode::BadInput, "The list of prompts “" + path.string() + "” " + what};
  };
  PromptList list;
  const auto prompts = json->is_object() ? json->find("prompts") : json->end();
  if (prompts == json->end() || !prompts->is_array() || prompts->empty() || prompts->size() > kMostPrompts) {
    return wrong("has no array “prompts” of 1 to 1,000 texts.");
  }
  for (const auto& prompt : *prompts) {
    if (!prompt.is_string()) return wrong("holds a prompt that is no text.");
    list.prompts.push_back(prompt.get<std::string>());
  }
  if (const auto seeds = json->find("seeds"); seeds != json->end()) {
    if (!seeds->is_array()) return wrong("has “seeds” that are no list of numbers.");
    for (const auto& seed : *seeds) {
      if (!seed.is_number_unsigned()) return wrong("has “seeds” that are no list of numbers.");
      list.seeds.push_back(seed.get<std::uint64_t>());
    }
  }
  if (list.seeds.empty()) list.seeds = {1};
  if (const auto seconds = json->find("seconds"); seconds != json->end()) {
    list.seconds = seconds->is_number() ? seconds->get<double>() : 0;
    if (!(list.seconds >= 0.5 && list.seconds <= kLongestSeconds)) return wrong("asks for a length outside 0.5 … 600 s.");
  }
  return list;
}

}  // namespace kinescore
