// How long ten seconds of motion take, and what the engine adds around the network: the whole
// generation against as many plain calls of the network on windows of the same length, in turn in
// one process. The ratio is the result; the milliseconds are this machine's.
//
//   bench_generation <weights> [repeats]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stop_token>
#include <thread>
#include <vector>

#include "engine/network/kinescore_generator.h"
#include "engine/network/torch_denoiser.h"

namespace kinescore {
namespace {

double secondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

GenerationRequest tenSeconds(Quality quality) {
  GenerationRequest request;
  request.span = {{0}, ticksFromSeconds(10)};
  request.texts = {{{{0}, ticksFromSeconds(4)}, "walk forward"},
                   {{ticksFromSeconds(4), ticksFromSeconds(7)}, "turn around to the left"},
                   {{ticksFromSeconds(7), ticksFromSeconds(10)}, "wave with the right hand"}};
  request.quality = quality;
  request.device = DeviceChoice::Cpu;
  return request;
}

/// Two windows of 192 frames cover ten seconds, context and look-ahead included.
double plainForwards(Denoiser& denoiser, int evaluations) {
  const double start = secondsNow();
  const GuidanceBranch branches[] = {GuidanceBranch::All};
  for (int i = 0; i < evaluations; ++i) {
    const int frames = kWindowFrames;
    const WindowConditions conditions = WindowConditions::empty(frames);
    if (!denoiser.begin(conditions)) std::abort();
    std::vector<float> noisy(std::size_t(frames) * kFeatureCount, 0.1f), out(noisy.size());
    const std::span<float> outputs[] = {out};
    if (!denoiser.denoise(noisy, 0.0, branches, outputs, {})) std::abort();
  }
  return secondsNow() - start;
}

/// How long the engine goes on after another thread told it to stop, `after` seconds into a generation of the best
/// quality. The longest of `repeats`, each a little later, so that it is met at different places.
Result<double> secondsToStop(MotionGenerator& generator, double after, int repeats) {
  const GenerationRequest request = tenSeconds(Quality::Best);
  double longest = 0;
  for (int i = 0; i < repeats; ++i) {
    std::stop_source stop;
    double asked = 0;
    std::thread impatient([&] {
      std::this_thread::sleep_for(std::chrono::duration<double>(after + 0.007 * i));
      asked = secondsNow();
      stop.request_stop();
    });
    const auto result = generator.generate(request, {}, stop.get_token());
    const double now = secondsNow();
    impatient.join();
    if (result || result.error().code != ErrorCode::Cancelled) {
      return Error{ErrorCode::EngineFailed, "it was not stopped"};
    }
    longest = std::max(longest, now - asked);
  }
  return longest;
}

/// A minute of six prompts, to be held against ten seconds: the cost is to grow with the length and no faster.
GenerationRequest aMinute(Quality quality) {
  GenerationRequest request = tenSeconds(quality);
  const std::vector<TextRequest> texts = request.texts;
  request.texts.clear();
  for (int part = 0; part < 6; ++part) {
    for (TextRequest text : texts) {
      text.span.start += ticksFromSeconds(10 * part);
      text.span.end += ticksFromSeconds(10 * part);
      request.texts.push_back(std::move(text));
    }
  }
  request.span.end = ticksFromSeconds(60);
  return request;
}

Result<double> shortestOf(MotionGenerator& generator, const GenerationRequest& request, int repeats) {
  double best = 1e9;
  for (int i = 0; i < repeats; ++i) {
    const double start = secondsNow();
    if (const auto result = generator.generate(request, {}, {}); !result) return result.error();
    best = std::min(best, secondsNow() - start);
  }
  return best;
}

int run(const char* weights, int repeats) {
  auto runtime = TorchRuntime::open({.wantCuda = false});
  if (!runtime) return std::fprintf(stderr, "%s\n", runtime.error().message.c_str()), 4;
  auto denoiser = openKinescoreDenoiser(**runtime, weights);
  auto generator = openKinescoreGenerator({.weights = weights, .device = DeviceChoice::Cpu});
  if (!denoiser || !generator) return std::fprintf(stderr, "the model could not be opened\n"), 4;
  std::printf("%s, %s\n", (*denoiser)->deviceName().c_str(), (*denoiser)->precisionPath().c_str());
  std::printf("| quality | evaluations | generation, s (min of %d) | plain forwards, s | ratio |\n|---|---|---|---|---|\n", repeats);
  double longest = 0;
  for (Quality quality : {Quality::Draft, Quality::Good, Quality::Best}) {
    const GenerationRequest request = tenSeconds(quality);
    double best = 1e9, bestPlain = 1e9;
    int evaluations = 0;
    for (int i = 0; i <= repeats; ++i) {  // the first one warms up
      const double start = secondsNow();
      const auto result = (*generator)->generate(request, {}, {});
      const double seconds = secondsNow() - start;
      if (!result) return std::fprintf(stderr, "%s\n", result.error().message.c_str()), 4;
      evaluations = result->networkEvaluations;
      const double plain = plainForwards(**denoiser, evaluations);
      if (i == 0) continue;
      best = std::min(best, seconds);
      bestPlain = std::min(bestPlain, plain);
    }
    longest = best;
    std::printf("| %s | %d | %.2f | %.2f | %.2f |\n", nameOf(quality), evaluations, best, bestPlain, best / bestPlain);
  }
  for (const Quality quality : {Quality::Draft, Quality::Good}) {
    const auto ten = shortestOf(**generator, tenSeconds(quality), repeats);
    const auto sixty = shortestOf(**generator, aMinute(quality), repeats);
    if (!ten || !sixty) return std::fprintf(stderr, "the minute could not be generated\n"), 4;
    std::printf("1800 frames over 300, %s: %.2f s / %.2f s = %.2f\n", nameOf(quality), *sixty, *ten, *sixty / *ten);
  }
  std::printf("stops (longest of %d):", repeats);
  for (const double share : {0.0, 0.1, 0.5, 0.8}) {
    const auto seconds = secondsToStop(**generator, share * longest, repeats);
    if (!seconds) return std::fprintf(stderr, "%s\n", seconds.error().message.c_str()), 4;
    std::printf(" at %.0f %% %.0f ms;", 100 * share, 1000 * *seconds);
  }
  std::printf("\n");
  return 0;
}

}  // namespace
}  // namespace kinescore

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: bench_generation <weights> [repeats]\n"), 2;
  return kinescore::run(argv[1], argc > 2 ? std::max(1, std::atoi(argv[2])) : 5);
}
