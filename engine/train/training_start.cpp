#include "engine/train/training_start.h"

#include <malloc.h>
#include <sys/resource.h>

#include "engine/core/log.h"
#include "engine/text/text_encoder.h"
#include "engine/torch_runtime/torch_runtime.h"
#include "engine/train/sentence_store.h"

namespace kinescore {

Status checkRun(const TrainOptions& options) {
  if (options.steps <= 0 && options.hours <= 0) {
    return Error{ErrorCode::InvalidArgument, "Say how long to train: give hours or steps."};
  }
  if (options.batch < 1 || options.frames < 16 || options.shards < 1) {
    return Error{ErrorCode::InvalidArgument, "A step needs at least one crop of 16 frames and one shard."};
  }
  return {};
}

Status makeRunFolder(const TrainOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.output, failed);
  if (!failed) return {};
  return Error{ErrorCode::IoFailed,
               "The folder “" + options.output.string() + "” could not be made: " + failed.message() + "."};
}

Result<TrainSummary> trainOnLibraryOf(const TrainOptions& options, const LibraryTraining& training) {
  if (options.lowPriority) setpriority(PRIO_PROCESS, 0, 19);
  // A step allocates the same large arrays again and again; giving them back to the system in
  // between costs a page fault per 4 kB.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_ARENA_MAX, 1);  // arenas of threads give back what they hold beyond 64 MiB
  auto library = loadLibrary(options.library);
  if (!library) return library.error();
  auto runtime = TorchRuntime::open({.wantCuda = false, .threads = 1});
  if (!runtime) return runtime.error();
  auto folder = findTextModelFolder();
  if (!folder) return folder.error();
  auto encoder = TextEncoder::open(**runtime, *folder);
  if (!encoder) return encoder.error();
  SentenceStore store(options.output / "captions.safetensors",
                      [&](std::string_view sentence) { return (*encoder)->encode(sentence); });
  const SentenceEncoder encode = [&](std::string_view sentence) { return store.encode(sentence); };
  return training(*library, encode, [&] {
    if (auto saved = store.save(); !saved) log::warning(saved.error().message);
  });
}

Result<TrainSummary> withoutThrowing(const std::function<Result<TrainSummary>()>& training) {
  try {
    return training();
  } catch (const std::exception& e) {  // torch reports by throwing
    const std::string what = e.what();
    return Error{ErrorCode::EngineFailed, "Training stopped with a fault: " + what.substr(0, what.find('\n'))};
  }
}

}  // namespace kinescore
