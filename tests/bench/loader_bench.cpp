// Does loading keep up with learning? Crops a second from the pieces of a library, pieces opened, unpacked
// and turned into features on the way, against the crops a second that a training step of the default size
// eats; first each by itself, then the loader beside the training, in one process. The ratio is the result.
//
//   bench_loader <library.kslib> [steps]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "engine/core/hash.h"
#include "engine/core/random.h"
#include "engine/train/crop_loader.h"
#include "engine/train/trainer.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

double secondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Vectors without a language model: the network does not care what it multiplies.
Result<std::shared_ptr<const TextEmbedding>> anyEmbedding(std::string_view sentence) {
  auto embedding = std::make_shared<TextEmbedding>();
  embedding->words = {std::string(sentence.substr(0, sentence.find(' ')))};
  embedding->ids = {1};
  CounterRandom random(fnv1a(sentence));
  for (int i = 0; i < kTextWidth; ++i) embedding->tokens.push_back(float(0.05 * random.normal()));
  embedding->sentence = embedding->tokens;
  return std::shared_ptr<const TextEmbedding>(std::move(embedding));
}

/// Crops a second over whole epochs, so that every piece is opened.
Result<double> cropsLoaded(const ShardSet& set, int threads, double atLeastSeconds, const std::atomic<bool>* until = nullptr) {
  auto loader = CropLoader::open(set, {.threads = threads});
  if (!loader) return loader.error();
  const std::int64_t epoch = (*loader)->batchesAnEpoch();
  const double start = secondsNow();
  std::int64_t crops = 0;
  for (std::int64_t b = 0; b % epoch != 0 || b == 0 || (until ? !*until : secondsNow() - start < atLeastSeconds); ++b) {
    const auto batch = (*loader)->next();
    if (!batch) return batch.error();
    crops += std::int64_t(batch->crops.size());
    if (until && *until) break;
  }
  return double(crops) / (secondsNow() - start);
}

/// Seconds a step of the trainer's default batch, steady state.
Result<double> secondsAStep(const Library& library, const fs::path& folder, std::int64_t steps) {
  TrainOptions options;
  options.output = folder;
  options.steps = steps;
  options.checkpointMinutes = options.validateMinutes = options.sheetMinutes = 1e6;
  options.lowPriority = false;
  double seconds = 0;
  const auto summary = trainOn(library, anyEmbedding, options, [&](const TrainStatus& s) { if (s.secondsPerStep > 0) seconds = s.secondsPerStep; }, {});
  if (!summary) return summary.error();
  return seconds;
}

int run(const char* file, std::int64_t steps) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const auto library = loadLibrary(file);
  if (!library) return std::fprintf(stderr, "%s\n", library.error().message.c_str()), 3;
  const fs::path folder = fs::temp_directory_path() / ("kinescore-loader-bench-" + std::to_string(secondsNow()));
  const auto set = writeShards(*library, folder / "pieces", 10);
  if (!set) return std::fprintf(stderr, "%s\n", set.error().message.c_str()), 3;
  std::printf("%zu pieces, %.1f minutes\n", set->shards.size(), double(set->frames()) / 1800);

  const TrainOptions defaults;
  const auto alone = cropsLoaded(*set, 2, 5);
  if (!alone) return std::fprintf(stderr, "%s\n", alone.error().message.c_str()), 4;
  const auto step = secondsAStep(*library, folder / "alone", steps);
  if (!step) return std::fprintf(stderr, "%s\n", step.error().message.c_str()), 4;
  const double eaten = defaults.batch / *step;
  std::printf("| | crops of %d frames a second |\n|---|---|\n| a training step eats (%d crops in %.2f s) | %.1f |\n| the loader gives, 2 threads | %.0f |\n",
              defaults.frames, defaults.batch, *step, eaten, *alone);
  std::printf("ratio %.1f (must be 5 or more)\n", *alone / eaten);

  std::atomic<bool> done = false;
  Result<double> beside = 0.0;
  std::thread loading([&] { beside = cropsLoaded(*set, 2, 0, &done); });
  const auto slowed = secondsAStep(*library, folder / "beside", steps);
  done = true;
  loading.join();
  if (slowed && beside) std::printf("beside each other, the loader never resting: %.0f against %.1f\n", *beside, defaults.batch / *slowed);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return *alone / eaten >= 5 ? 0 : 1;
}

}  // namespace
}  // namespace kinescore

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: bench_loader <library.kslib> [steps]\n"), 2;
  return kinescore::run(argv[1], argc > 2 ? std::max(1, std::atoi(argv[2])) : 60);
}
