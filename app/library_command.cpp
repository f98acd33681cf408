#include "app/library_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/caption_embedding.h"
#include "app/dataset_command.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "engine/core/files.h"

namespace kinescore {
namespace {

Status indexLibrary(const LibraryCommandOptions& options) {
  const Result<Library> library = loadLibrary(options.file);
  if (!library) return library.error();
  InterruptGuard interrupt;
  const Result<CaptionIndex> index = indexWithTextModel(*library, options.wordsAlone ? std::filesystem::path() : retrievalTowerOf(options.file), interrupt.token());
  if (!index) return index.error();
  std::filesystem::path output = options.output;
  if (output.empty()) output = std::filesystem::path(options.file).replace_extension(".index.safetensors");
  const std::string bytes = writeCaptionIndex(*index);
  if (Status saved = saveFileSafely(output, bytes); !saved) return saved;
  std::printf("%zu captions, %.2f MiB: %s\n", index->rows.size(), double(bytes.size()) / (1 << 20), output.c_str());
  return {};
}

}  // namespace

void addLibraryCommand(CLI::App& app, LibraryCommandOptions& options, int& exitCode) {
  CLI::App* library = app.add_subcommand("library", "Motion libraries: what one holds, how prompts find references in it, and your own folders as references");
  library->require_subcommand(1);
  CLI::App* info = library->add_subcommand("info", "What a library holds, as JSON");
  info->add_option("file", options.file, "Library file")->required();
  info->callback([&] { exitCode = runLibraryInfo(options.file); });
  CLI::App* index = library->add_subcommand("index", "Make the index by which prompts find references, from the captions of the train clips");
  index->add_option("file", options.file, "Library file")->required();
  index->add_option("-o,--output", options.output, "Index to write (default: beside the library)");
  index->add_flag("--words-alone", options.wordsAlone, "Leave out the retrieval tower that lies beside the library");
  index->callback([&] {
    const Status done = indexLibrary(options);
    if (done) return;
    std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
    exitCode = exitCodeOf(done.error().code);
  });
  addSearchCommand(*library, options, exitCode);
  addUserLibraryCommands(*library, options, exitCode);
  addTowerCommand(*library, options, exitCode);
}

}  // namespace kinescore
