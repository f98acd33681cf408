#include "app/prompt_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/caption_embedding.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "engine/library/prompt_coach.h"
#include "engine/library/user_libraries.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

/// As it is typed: “left arm”. The spine is the “upper body” of `generate --text`.
std::string typedName(BodyPart part) {
  if (part == BodyPart::Spine) return "upper body";
  std::string name = nameOf(part);
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

std::optional<BodyPart> partTyped(const std::string& name) {
  for (const BodyPart part : {BodyPart::Whole, BodyPart::LeftArm, BodyPart::RightArm, BodyPart::Head, BodyPart::Spine, BodyPart::Legs}) {
    if (name == typedName(part)) return part;
  }
  return std::nullopt;
}

Result<LibraryFiles> shippedFiles() {
  const Result<std::filesystem::path> resources = resourceFolder();
  if (!resources) return resources.error();
  const std::filesystem::path library = defaultLibraryFile(*resources);
  return LibraryFiles{library, captionIndexOf(library)};
}

Result<LibraryShelf> openShelf() {
  Result<LibraryFiles> shipped = shippedFiles();
  if (!shipped) return shipped.error();
  std::vector<LibraryFiles> files{*shipped};
  for (const LibraryFiles& added : addedLibraryFiles(userLibraryFolder())) files.push_back(added);
  return LibraryShelf::open(files);
}

/// The captions that mean nearly the same as some words, by the text model and the libraries' indices.
class MeaningSearch {
 public:
  [[nodiscard]] static Result<MeaningSearch> open(const LibraryShelf& shelf) {
    MeaningSearch opened;
    Result<std::unique_ptr<CaptionEncoder>> encoder = CaptionEncoder::open();
    if (!encoder) return encoder.error();
    std::vector<std::string> problems;
    Result<ReferenceSearch> search = shelf.search(problems);
    if (!search) return search.error();
    opened.encoder_ = std::move(*encoder);
    for (const ReferenceEntry& entry : search->entries()) {
      opened.captions_.push_back({shelf.library()->clips[std::size_t(entry.clip)].captions[std::size_t(entry.caption)].textA, entry.vector});
    }
    return opened;
  }

  [[nodiscard]] std::vector<PromptContext::Meaning> nearest(std::string_view words) const {
    std::vector<PromptContext::Meaning> found;
    const Result<std::vector<float>> vector = encoder_->encode(words);
    if (!vector) return found;
    for (const auto& [caption, meant] : captions_) {
      double cosine = 0;
      for (std::size_t i = 0; i < std::min(meant.size(), vector->size()); ++i) cosine += double(meant[i]) * double((*vector)[i]);
      found.push_back({caption, cosine});
    }
    const std::size_t kept = std::min<std::size_t>(3, found.size());
    std::partial_sort(found.begin(), found.begin() + std::ptrdiff_t(kept), found.end(), [](const auto& a, const auto& b) { return a.cosine > b.cosine; });
    found.resize(kept);
    return found;
  }

 private:
  std::unique_ptr<CaptionEncoder> encoder_;
  std::vector<std::pair<std::string, std::vector<float>>> captions_;
};

nlohmann::json jsonOf(const std::vector<PromptHint>& hints, const std::vector<std::string>& completions) {
  nlohmann::json list = nlohmann::json::array();
  for (const PromptHint& hint : hints) {
    nlohmann::json suggestions = nlohmann::json::array();
    for (const PromptSuggestion& one : hint.suggestions) {
      nlohmann::json json{{"label", one.label}, {"prompt", one.prompt}};
      if (!one.second.empty()) json["then"] = one.second;
      if (one.part) json["part"] = typedName(*one.part);
      suggestions.push_back(std::move(json));
    }
    list.push_back({{"kind", nameOf(hint.kind)}, {"sentence", hint.sentence}, {"suggestions", suggestions}});
  }
  return {{"hints", list}, {"completions", completions}};
}

void print(const std::vector<PromptHint>& hints, const std::vector<std::string>& completions) {
  for (const PromptHint& hint : hints) {
    std::printf("%s\n", hint.sentence.c_str());
    for (const PromptSuggestion& one : hint.suggestions) {
      std::string line = one.prompt;
      if (!one.second.empty()) line += " | " + one.second;
      if (one.part) line = typedName(*one.part) + ": " + line;
      std::printf("    %s\n", line.c_str());
    }
  }
  if (hints.empty()) std::printf("Nothing to say: these words are fine.\n");
  if (!completions.empty()) std::printf("Captions of the library that go on from them:\n");
  for (const std::string& line : completions) std::printf("    %s\n", line.c_str());
}

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

int run(const PromptCommandOptions& options) {
  const std::optional<BodyPart> part = partTyped(options.part);
  if (!part) return fail({ErrorCode::InvalidArgument, "“" + options.part + "” is not one of whole, left arm, right arm, head, upper body, legs."});
  if (!(std::isfinite(options.seconds) && options.seconds >= 0)) return fail({ErrorCode::InvalidArgument, "--seconds must be a positive number."});
  const Result<LibraryShelf> shelf = openShelf();
  if (!shelf) return fail(shelf.error());
  const CaptionBook book = CaptionBook::of(*shelf->library());
  PromptContext context{.captions = &book, .seconds = options.seconds};
  std::optional<MeaningSearch> meaning;
  if (options.meaning) {
    Result<MeaningSearch> opened = MeaningSearch::open(*shelf);
    if (!opened) return fail(opened.error());
    meaning = std::move(*opened);
    context.nearestByMeaning = [&meaning](std::string_view words) { return meaning->nearest(words); };
  }
  const std::vector<PromptHint> hints = coachPrompt(options.words, *part, context);
  const std::vector<std::string> completions = book.complete(options.words);
  if (options.json)
    std::printf("%s\n", jsonOf(hints, completions).dump(1).c_str());
  else
    print(hints, completions);
  return 0;
}

}  // namespace

Result<std::shared_ptr<const CaptionBook>> openCaptionBook() {
  const Result<LibraryShelf> shelf = openShelf();
  if (!shelf) return shelf.error();
  return std::make_shared<const CaptionBook>(CaptionBook::of(*shelf->library()));
}

void addPromptCommand(CLI::App& app, PromptCommandOptions& o) {
  CLI::App* command = app.add_subcommand("prompt", "What is said of a prompt while it is typed: hints with other words, and captions that complete it");
  command->add_option("words", o.words, "The words of the prompt")->required();
  command->add_option("--part", o.part, "The part of the body they are for: whole (default), left arm, right arm, head, upper body, legs");
  command->add_option("--seconds", o.seconds, "How long the prompt lasts");
  command->add_flag("--meaning", o.meaning, "Look for captions that mean the same, with the text model, not only for the same words");
  command->add_flag("--json", o.json, "Print hints and completions as JSON");
  command->callback([&o] { o.exitCode = run(o); });
}

}  // namespace kinescore
