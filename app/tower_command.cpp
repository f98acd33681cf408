// `kinescore library train-tower`
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/caption_embedding.h"
#include "app/library_command.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/evaluate/retrieval_figures.h"
#include "engine/train/tower_training.h"

namespace kinescore {
namespace {

/// What the weights are, beside them.
Status writeCard(const std::filesystem::path& weights, const std::string& bytes, int members, const TowerTrainSummary& summary, const Library& library) {
  const nlohmann::json card = {{"architecture", "kinescore-retrieval-tower-1"},
                               {"members", members},
                               {"width", members * kTowerWidth},
                               {"sha256", sha256Hex(bytes)},
                               {"licence", "Apache-2.0"},
                               {"training_data", library.licenseNotice},
                               {"captions", summary.captions},
                               {"steps", summary.step},
                               {"loss", summary.loss}};
  std::filesystem::path file = weights;
  return saveFileSafely(file.replace_extension(".json"), card.dump(1) + "\n");
}

Status trainTowerOf(const LibraryCommandOptions& o) {
  std::filesystem::path file = o.file;
  if (file.empty()) {
    const auto resources = resourceFolder();
    if (!resources) return resources.error();
    file = defaultLibraryFile(*resources);
  }
  const Result<Library> library = loadLibrary(file);
  if (!library) return library.error();
  Result<std::unique_ptr<CaptionEncoder>> encoder = CaptionEncoder::open();
  if (!encoder) return encoder.error();
  InterruptGuard interrupt;
  LiveLine live;
  live.show("Reading captions and motion");
  std::vector<TowerParameters> members;
  TowerTrainSummary last;
  for (int member = 1; member <= o.members; ++member) {
    TowerTrainOptions options;
    options.run = o.run.empty() ? cacheFolder() / "tower" : o.run;
    if (member > 1) options.run += "-" + std::to_string(member);
    options.seed = std::uint64_t(member);
    if (o.steps > 0) options.steps = o.steps;
    auto summary = trainTower(
        *library, [&](std::string_view sentence) { return (*encoder)->encode(sentence); }, options,
        [&](const TowerTrainStatus& s) {
          char text[120];
          std::snprintf(text, sizeof text, "Training member %d of %d, step %lld of %lld, loss %.3f, %s left", member, o.members,
                        static_cast<long long>(s.step), static_cast<long long>(s.steps), s.loss, durationText(s.secondsLeft).c_str());
          live.show(text, (member - 1 + double(s.step) / double(s.steps)) / o.members);
        },
        interrupt.token());
    if (!summary) return summary.error();
    if (summary->stopped) {
      live.finish();
      std::printf("Stopped and saved at step %lld; the same command goes on.\n", static_cast<long long>(summary->step));
      return {};
    }
    members.push_back(summary->parameters);
    last = std::move(*summary);
  }
  live.finish();
  const std::string bytes = RetrievalTower::write(std::move(members));
  const std::filesystem::path output = o.output.empty() ? file.parent_path() / "retrieval-tower.safetensors" : o.output;
  if (Status saved = saveFileSafely(output, bytes); !saved) return saved;
  if (Status saved = writeCard(output, bytes, o.members, last, *library); !saved) return saved;
  std::printf("%d captions, %d times %lld steps, loss %.3f, %.2f MiB: %s\nNow make the index anew: kinescore library index %s\n", last.captions,
              o.members, static_cast<long long>(last.step), last.loss, double(bytes.size()) / (1 << 20), output.c_str(), file.c_str());
  return {};
}

Status measureTower(const LibraryCommandOptions& o) {
  const auto resources = resourceFolder();
  if (o.file.empty() && !resources) return resources.error();
  const std::filesystem::path file = o.file.empty() ? defaultLibraryFile(*resources) : o.file;
  const Result<Library> library = loadLibrary(file);
  if (!library) return library.error();
  const Result<CaptionIndex> index = loadCaptionIndex(captionIndexOf(file));
  if (!index) return index.error();
  Result<std::unique_ptr<CaptionEncoder>> encoder = CaptionEncoder::open();
  if (!encoder) return encoder.error();
  const SentenceVector vectorOf = [&](std::string_view sentence) { return (*encoder)->encode(sentence); };
  const std::filesystem::path towerFile = o.output.empty() ? retrievalTowerOf(file) : o.output;
  std::optional<RetrievalTower> tower;
  if (!towerFile.empty()) {
    Result<RetrievalTower> loaded = RetrievalTower::load(towerFile);
    if (!loaded) return loaded.error();
    tower = std::move(*loaded);
  }
  const auto print = [](const char* how, const RetrievalFigures& f) {
    std::printf("%s: of the first three %.3f, first %.3f, all three %.3f, any of three %.3f (%d captions, %d prompts)\n", how, f.ofThree, f.first,
                f.allThree, f.anyOfThree, f.captions, f.prompts);
  };
  const auto words = measureRetrieval(*library, Split::Val, *index, vectorOf, nullptr);
  if (!words) return words.error();
  print("words alone", *words);
  if (!tower) return {};
  const auto both = measureRetrieval(*library, Split::Val, *index, vectorOf, &*tower);
  if (!both) return both.error();
  print("words and tower", *both);
  return {};
}

}  // namespace

void addTowerCommand(CLI::App& library, LibraryCommandOptions& o, int& exitCode) {
  CLI::App* train = library.add_subcommand("train-tower", "Train the retrieval tower on the train clips: it tells which motion fits a prompt; Ctrl-C saves, starting again goes on");
  train->add_option("file", o.file, "Library file (default: the one that ships)");
  train->add_option("-o,--output", o.output, "Tower to write (default: retrieval-tower.safetensors beside the library)");
  train->add_option("--run", o.run, "Folder of the checkpoint (default: in the user's cache)");
  train->add_option("--steps", o.steps, "Of a member; default 2000")->check(CLI::PositiveNumber);
  train->add_option("--members", o.members, "Pairs of nets from other seeds whose answers are averaged (default 1)")->check(CLI::Range(1, 9));
  train->callback([&] {
    const Status done = trainTowerOf(o);
    if (done) return;
    std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
    exitCode = exitCodeOf(done.error().code);
  });
  CLI::App* check = library.add_subcommand("check-tower", "How often what a held-out caption (val) finds is of its action, by words alone and with the retrieval tower");
  check->add_option("file", o.file, "Library file, with its index (default: the one that ships)");
  check->add_option("--tower", o.output, "Retrieval tower that the index was made with (default: the one beside the library)");
  check->callback([&] {
    const Status done = measureTower(o);
    if (done) return;
    std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
    exitCode = exitCodeOf(done.error().code);
  });
}

}  // namespace kinescore
