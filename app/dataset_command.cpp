#include "app/dataset_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>

#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/library/data_card.h"
#include "engine/library/dataset_builder.h"
#include "engine/library/folder_import.h"
#include "engine/library/library_check.h"
#include "engine/library/shards.h"
#include "engine/library/splits.h"

namespace kinescore {
namespace {

constexpr int kPartialExit = 5;

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

void printNotes(const char* heading, const std::vector<DatasetNote>& notes) {
  if (notes.empty()) return;
  std::printf("%s (%zu):\n", heading, notes.size());
  for (const DatasetNote& note : notes) std::printf("  %s: %s\n", note.clip.c_str(), note.text.c_str());
}

void showProgress(LiveLine& line, const char* doing, const DatasetProgress& p) {
  line.show(std::string(doing) + " clip " + std::to_string(p.done + 1) + " of " + std::to_string(p.total) + ": " + p.clip,
            p.total ? double(p.done) / p.total : -1);
}

/// Clips, minutes and subjects of each split on a line.
void printSplits(const Library& library) {
  struct Sum {
    int clips = 0;
    double minutes = 0;
    std::map<std::string, int> subjects;
  };
  std::map<Split, Sum> sums;
  for (const LibraryClip& clip : library.clips) {
    Sum& sum = sums[clip.split];
    ++sum.clips;
    sum.minutes += double(clip.motion.frameCount()) / kEngineRate.fps() / 60;
    ++sum.subjects[clip.source + " " + clip.subject];
  }
  for (const auto& [split, sum] : sums) {
    std::printf("%s: %d clips, %.1f minutes, %zu subjects\n", std::string(nameOf(split)).c_str(), sum.clips, sum.minutes, sum.subjects.size());
  }
}

Result<CheckOptions> checkOptionsFrom(const DatasetCommandOptions& o) {
  CheckOptions options;
  for (const std::string& assignment : o.limits) {
    if (const Status set = setLimit(options.limits, assignment); !set) return set.error();
  }
  if (o.repeatCentimeters > 0) options.duplicates.meters = o.repeatCentimeters / 100;
  options.findDuplicates = !o.noRepeats;
  return options;
}

Result<LibraryCheck> checked(const Library& library, const DatasetCommandOptions& o, InterruptGuard& interrupt) {
  const Result<CheckOptions> options = checkOptionsFrom(o);
  if (!options) return options.error();
  LiveLine line;
  Result<LibraryCheck> check = checkLibrary(
      library, *options, [&](const DatasetProgress& p) { showProgress(line, "Checking", p); }, interrupt.token());
  line.finish();
  return check;
}

Result<Dataset> built(const std::filesystem::path& folder, const DatasetOptions& options, InterruptGuard& interrupt) {
  LiveLine line;
  Result<Dataset> dataset = buildDataset(
      folder, options, [&](const DatasetProgress& p) { showProgress(line, "Reading", p); }, interrupt.token());
  line.finish();
  return dataset;
}

int runBuild(const DatasetCommandOptions& o) {
  DatasetOptions options;
  options.withKeyed = o.withKeyed;
  options.amass = o.amass;
  if (!o.split.empty()) options.split = splitNamed(o.split);
  InterruptGuard interrupt;
  Result<Dataset> dataset = built(o.folder, options, interrupt);
  if (!dataset) return fail(dataset.error());
  DatasetReport& report = dataset->report;
  if (o.strict) {
    const Result<LibraryCheck> check = checked(dataset->library, o, interrupt);
    if (!check) return fail(check.error());
    dataset->library = withoutRejected(std::move(dataset->library), *check, report.skipped);
    if (dataset->library.clips.empty()) return fail({ErrorCode::BadInput, "Every clip was rejected; see “kinescore dataset check " + o.folder.string() + "”."});
  }
  const Result<std::string> bytes = writeLibrary(dataset->library);
  if (!bytes) return fail(bytes.error());
  if (const Status saved = saveFileSafely(o.output, *bytes); !saved) return fail(saved.error());
  std::filesystem::path card = o.output;
  card.replace_extension(".json");
  if (const Status saved = saveFileSafely(card, datasetCard(dataset->library)); !saved) return fail(saved.error());

  printNotes("Mended", report.notes);
  printNotes("Left out", report.skipped);
  printNotes("Could not be read", report.failed);
  printSplits(dataset->library);
  double minutes = 0;
  for (const LibraryClip& clip : dataset->library.clips) minutes += double(clip.motion.frameCount()) / kEngineRate.fps() / 60;
  std::printf("%zu clips, %.1f minutes, %.2f MiB: %s\n", dataset->library.clips.size(), minutes, double(bytes->size()) / (1 << 20), o.output.c_str());
  return report.failed.empty() ? 0 : kPartialExit;
}

/// A library as it is; a folder as `build` would make it, with what its list says is repeated or still.
Result<Library> libraryFrom(const DatasetCommandOptions& o, InterruptGuard& interrupt, std::vector<DatasetNote>& failed) {
  std::error_code error;
  if (!std::filesystem::is_directory(o.input, error)) return loadLibrary(o.input);
  DatasetOptions options;
  options.withFlagged = true;
  options.withKeyed = o.withKeyed;
  options.amass = o.amass;
  Result<Dataset> dataset = built(o.input, options, interrupt);
  if (!dataset) return dataset.error();
  failed = std::move(dataset->report.failed);
  return std::move(dataset->library);
}

int runCheck(const DatasetCommandOptions& o) {
  InterruptGuard interrupt;
  std::vector<DatasetNote> failed;
  const Result<Library> library = libraryFrom(o, interrupt, failed);
  if (!library) return fail(library.error());
  const Result<LibraryCheck> check = checked(*library, o, interrupt);
  if (!check) return fail(check.error());
  if (!o.json) printNotes("Could not be read", failed);
  const std::string report = o.json ? checkJson(*library, *check) : checkText(*library, *check);
  std::fwrite(report.data(), 1, report.size(), stdout);
  return failed.empty() && check->rejectedCount(*library) == 0 ? 0 : kPartialExit;
}

int runCard(const DatasetCommandOptions& o) {
  InterruptGuard interrupt;
  const Result<Library> library = loadLibrary(o.input);
  if (!library) return fail(library.error());
  const Result<LibraryCheck> check = checked(*library, o, interrupt);
  if (!check) return fail(check.error());
  const std::string title = o.title.empty() ? "Data card: " + o.input.filename().string() : o.title;
  const DataCard card = makeDataCard(*library, *check, title);
  std::error_code error;
  std::filesystem::create_directories(o.output, error);
  for (const auto& [name, text] : {std::pair{"data-card.md", &card.markdown}, {"data-card.json", &card.json}}) {
    if (const Status saved = saveFileSafely(o.output / name, *text); !saved) return fail(saved.error());
    std::printf("written: %s\n", (o.output / name).c_str());
  }
  return 0;
}

int runShards(const DatasetCommandOptions& o) {
  const Result<Library> library = loadLibrary(o.input);
  if (!library) return fail(library.error());
  const Result<ShardSet> set = writeShards(*library, o.output, o.shardMinutes);
  if (!set) return fail(set.error());
  std::printf("%zu pieces, %.1f minutes: %s\n", set->shards.size(), double(set->frames()) / kEngineRate.fps() / 60, o.output.c_str());
  return 0;
}

void addCheckOptions(CLI::App* command, DatasetCommandOptions& o) {
  std::string names;
  for (const CheckLimit& limit : checkLimits()) names += (names.empty() ? "" : ", ") + std::string(limit.name);
  command->add_option("--limit", o.limits, "NAME=NUMBER, another limit than the default; may be repeated. Names: " + names)->take_all()->expected(1)->allow_extra_args(false);
  command->add_option("--repeat-distance", o.repeatCentimeters, "Mean distance of the joints up to which two clips are the same, cm (default 0.8)")
      ->check(CLI::Range(0.01, 50.0));
  command->add_flag("--no-repeats", o.noRepeats, "Do not look for clips that repeat each other");
}

}  // namespace

void addDatasetCommand(CLI::App& app, DatasetCommandOptions& o) {
  CLI::App* dataset = app.add_subcommand("dataset", "Make motion libraries from captured motion, look them over, describe them");
  dataset->require_subcommand(1);

  CLI::App* build = dataset->add_subcommand("build", "Read, mend and retarget a folder of captured motion into one library");
  build->add_option("folder", o.folder, "Folder with manifest.csv, or AMASS-style NPZ files, or HumanML3D-style captions and joints")->required();
  build->add_option("-o,--output", o.output, "Library file to write")->required();
  build->add_option("--amass", o.amass, "The folder of NPZ files that a HumanML3D-style index.csv names parts of");
  build->add_option("--split", o.split, "All clips into this one (default: the folder's, else by subject)")
      ->check(CLI::IsMember({"train", "val", "test", "unseen"}));
  build->add_flag("--with-keyed", o.withKeyed, "Hand-keyed clips too (never used for training)");
  build->add_flag("--strict", o.strict, "Leave out what “dataset check” rejects");
  addCheckOptions(build, o);
  build->callback([&o] { o.exitCode = runBuild(o); });

  CLI::App* check = dataset->add_subcommand("check", "Name every clip that should not be learned from, with reasons and figures");
  check->add_option("input", o.input, "A library file, or a folder as for build")->required();
  check->add_option("--amass", o.amass, "As for build");
  check->add_flag("--with-keyed", o.withKeyed, "Hand-keyed clips of a folder too");
  check->add_flag("--json", o.json, "The figures of every clip as JSON");
  addCheckOptions(check, o);
  check->callback([&o] { o.exitCode = runCheck(o); });

  CLI::App* card = dataset->add_subcommand("card", "Write data-card.md and data-card.json: what a library is");
  card->add_option("library", o.input, "Library file")->required();
  card->add_option("-o,--output", o.output, "Folder to write into")->required();
  card->add_option("--title", o.title, "Heading of the card");
  addCheckOptions(card, o);
  card->callback([&o] { o.exitCode = runCard(o); });

  CLI::App* shards = dataset->add_subcommand("shards", "Cut a library into pieces that are loaded one after the other");
  shards->add_option("library", o.input, "Library file")->required();
  shards->add_option("-o,--output", o.output, "Folder to write into")->required();
  shards->add_option("--minutes", o.shardMinutes, "Motion in each piece (default 10)")->check(CLI::Range(0.01, 1e6));
  shards->callback([&o] { o.exitCode = runShards(o); });
}

int runLibraryInfo(const std::filesystem::path& file) {
  const Result<Library> library = loadLibrary(file);
  if (!library) return fail(library.error());
  std::printf("%s\n", datasetCard(*library).c_str());
  return 0;
}

}  // namespace kinescore
