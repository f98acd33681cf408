#include "app/dataset_command.h"

#include <algorithm>
#include <cstdio>

#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/library/dataset_builder.h"

namespace kinescore {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "kinescore: %s\n", error.message.c_str());
  return exitCodeOf(error.code);
}

void printNotes(const char* heading, const std::vector<DatasetNote>& notes) {
  if (notes.empty()) return;
  std::printf("%s (%zu):\n", heading, notes.size());
  for (const DatasetNote& note : notes) std::printf("  %s: %s\n", note.clip.c_str(), note.text.c_str());
}

}  // namespace

int runDatasetBuild(const DatasetBuildOptions& options) {
  DatasetOptions builderOptions;
  builderOptions.withKeyed = options.withKeyed;
  InterruptGuard interrupt;
  LiveLine line;
  Result<Dataset> dataset = buildDataset(
      options.folder, builderOptions,
      [&](const DatasetProgress& p) {
        line.show("Reading clip " + std::to_string(p.done + 1) + " of " + std::to_string(p.total) + ": " + p.clip,
                  p.total ? double(p.done) / p.total : -1);
      },
      interrupt.token());
  line.finish();
  if (!dataset) return fail(dataset.error());
  const Result<std::string> bytes = writeLibrary(dataset->library);
  if (!bytes) return fail(bytes.error());
  if (const Status saved = saveFileSafely(options.output, *bytes); !saved) return fail(saved.error());
  std::filesystem::path card = options.output;
  card.replace_extension(".json");
  if (const Status saved = saveFileSafely(card, datasetCard(dataset->library)); !saved) return fail(saved.error());

  const DatasetReport& report = dataset->report;
  printNotes("Mended", report.notes);
  printNotes("Left out", report.skipped);
  printNotes("Could not be read", report.failed);
  std::printf("%d clips, %.1f minutes, %.2f MiB: %s\n", report.clipCount, report.minutes,
              double(bytes->size()) / (1 << 20), options.output.c_str());
  return report.failed.empty() ? 0 : 5;
}

int runLibraryInfo(const std::filesystem::path& file) {
  const Result<Library> library = loadLibrary(file);
  if (!library) return fail(library.error());
  std::printf("%s\n", datasetCard(*library).c_str());
  return 0;
}

}  // namespace kinescore
