// `kinescore library search`
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/caption_embedding.h"
#include "app/generator_options.h"
#include "app/library_command.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "engine/library/clip_search.h"
#include "engine/library/user_libraries.h"

namespace kinescore {
namespace {

struct Searched {
  std::optional<ClipSearch> search;
  ClipAnswer answer;
};

Result<Searched> searchFor(const LibraryCommandOptions& o, std::stop_token stop) {
  const Result<std::filesystem::path> resources = resourceFolder();
  if (!resources) return resources.error();
  std::vector<LibraryFiles> files = librariesForPerforming(*resources);
  if (!o.shelf.empty()) {
    files.resize(1);
    for (LibraryFiles& added : addedLibraryFiles(o.shelf)) files.push_back(std::move(added));
  }
  const Result<LibraryShelf> shelf = LibraryShelf::open(files);
  if (!shelf) return shelf.error();
  std::vector<std::string> problems = shelf->problems();
  Searched searched{ClipSearch::over(*shelf, problems), {}};
  for (const std::string& problem : problems) std::fprintf(stderr, "kinescore: %s\n", problem.c_str());
  std::unique_ptr<CaptionEncoder> encoder;
  // Opened at the first sentence: a search by class alone needs no model.
  const SentenceVector vectorOf = [&](std::string_view sentence) -> Result<std::vector<float>> {
    Result<std::unique_ptr<CaptionEncoder>> opened = CaptionEncoder::open();
    if (!opened) return opened.error();
    encoder = std::move(*opened);
    return encoder->encode(sentence);
  };
  const ClipQuery query{o.words, o.from, o.action, o.onlyOwn};
  Result<ClipAnswer> answer = searched.search->find(query, o.wordsAlone ? SentenceVector() : vectorOf, stop);
  if (!answer) return answer.error();
  searched.answer = std::move(*answer);
  return searched;
}

double secondsOfFrames(std::int64_t frames) { return secondsOf(ticksOfFrame(frames, kEngineRate)); }

void printJson(const Searched& searched, std::size_t shown) {
  nlohmann::json clips = nlohmann::json::array();
  for (std::size_t i = 0; i < shown; ++i) {
    const FoundClip& found = searched.answer.clips[i];
    const LibraryClip& clip = searched.search->library().clips[std::size_t(found.clip)];
    const bool isSaid = found.caption >= 0;
    clips.push_back({{"clip", clip.id}, {"title", titleOf(clip, found.caption)}, {"folder", searched.search->partOf(found.clip).name()},
                     {"class", isSaid ? clip.captions[std::size_t(found.caption)].action : clip.category},
                     {"start", secondsOfFrames(found.frames.start)}, {"end", secondsOfFrames(found.frames.end)},
                     {"score", found.score}});
  }
  nlohmann::json actions = nlohmann::json::object();
  for (const ActionCount& count : searched.answer.actions) actions[count.action] = count.clips;
  const nlohmann::json told = {{"found", searched.answer.clips.size()}, {"of", searched.answer.offered}, {"clips", clips}, {"classes", actions}};
  std::printf("%s\n", told.dump(1).c_str());
}

void printLines(const Searched& searched, std::size_t shown) {
  for (std::size_t i = 0; i < shown; ++i) {
    const FoundClip& found = searched.answer.clips[i];
    const LibraryClip& clip = searched.search->library().clips[std::size_t(found.clip)];
    std::printf("%s@%.1f-%.1fs: %s\n", clip.id.c_str(), secondsOfFrames(found.frames.start), secondsOfFrames(found.frames.end),
                titleOf(clip, found.caption).c_str());
  }
  std::printf("%zu of %d clips\n", searched.answer.clips.size(), searched.answer.offered);
}

int runSearch(const LibraryCommandOptions& o) {
  InterruptGuard interrupt;
  const Result<Searched> searched = searchFor(o, interrupt.token());
  if (!searched) {
    std::fprintf(stderr, "kinescore: %s\n", searched.error().message.c_str());
    return exitCodeOf(searched.error().code);
  }
  if (!searched->answer.meaningProblem.empty()) {
    std::fprintf(stderr, "kinescore: Looked for the written words alone: %s\n", searched->answer.meaningProblem.c_str());
  }
  const std::size_t shown = std::min(searched->answer.clips.size(), std::size_t(std::max(o.most, 0)));
  if (o.json) {
    printJson(*searched, shown);
  } else {
    printLines(*searched, shown);
  }
  return 0;
}

}  // namespace

void addSearchCommand(CLI::App& library, LibraryCommandOptions& o, int& exitCode) {
  CLI::App* search = library.add_subcommand("search", "Clips that can be shown as references, best first: by words, library and class");
  search->add_option("words", o.words, "What happens in them (default: all clips)");
  search->add_option("--folder", o.from, "Only of this library: “kinescore” (the one that ships) or a name as in list");
  search->add_option("--class", o.action, "Only moments of this class, for example jump or dance");
  search->add_flag("--own", o.onlyOwn, "Only what you added");
  search->add_flag("--words-alone", o.wordsAlone, "Look for the written words, not for what they mean");
  search->add_option("--most", o.most, "Clips to list")->capture_default_str();
  search->add_flag("--json", o.json, "As JSON");
  search->add_option("-o,--output", o.shelf, "Folder of the added libraries (default: as in add)");
  search->callback([&] { exitCode = runSearch(o); });
}

}  // namespace kinescore
