#include "app/library_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/dataset_command.h"
#include "app/terminal.h"
#include "engine/core/files.h"
#include "engine/library/caption_index.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {
namespace {

std::size_t captionsOf(const Library& library) {
  std::size_t captions = 0;
  for (const LibraryClip& clip : library.clips) captions += clip.split == Split::Train ? clip.captions.size() : 0;
  return captions;
}

Result<CaptionIndex> indexWithTextModel(const Library& library) {
  Result<std::unique_ptr<TorchRuntime>> runtime = TorchRuntime::open({});
  if (!runtime) return runtime.error();
  const Result<std::filesystem::path> folder = findTextModelFolder();
  if (!folder) return folder.error();
  Result<std::unique_ptr<TextEncoder>> encoder = TextEncoder::open(**runtime, *folder);
  if (!encoder) return encoder.error();
  const double sentences = 3.0 * double(captionsOf(library));
  double done = 0;
  InterruptGuard interrupt;
  LiveLine live;
  auto index = indexCaptions(library, [&](std::string_view sentence) -> Result<std::vector<float>> {
    if (interrupt.token().stop_requested()) return Error{ErrorCode::Cancelled, "Indexing was cancelled; nothing was written."};
    live.show("Reading captions", std::min(++done / sentences, 1.0));
    auto embedding = (*encoder)->encode(sentence);
    if (!embedding) return embedding.error();
    return (*embedding)->sentence;
  });
  live.finish();
  return index;
}

Status indexLibrary(const LibraryCommandOptions& options) {
  const Result<Library> library = loadLibrary(options.file);
  if (!library) return library.error();
  const Result<CaptionIndex> index = indexWithTextModel(*library);
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
  CLI::App* library = app.add_subcommand("library", "Motion libraries: what one holds, and how prompts find references in it");
  library->require_subcommand(1);
  CLI::App* info = library->add_subcommand("info", "What a library holds, as JSON");
  info->add_option("file", options.file, "Library file")->required();
  info->callback([&] { exitCode = runLibraryInfo(options.file); });
  CLI::App* index = library->add_subcommand("index", "Make the index by which prompts find references, from the captions of the train clips");
  index->add_option("file", options.file, "Library file")->required();
  index->add_option("-o,--output", options.output, "Index to write (default: beside the library)");
  index->callback([&] {
    const Status done = indexLibrary(options);
    if (done) return;
    std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
    exitCode = exitCodeOf(done.error().code);
  });
}

}  // namespace kinescore
