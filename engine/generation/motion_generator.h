// Request in, motion out. One implementation a model; tests have an instant one of their own.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "engine/request/take.h"

namespace kinescore {

struct GenerationProgress {
  /// Listening: to the recordings of sound clips, before the request can be made (MotionService::RequestMaker).
  enum class Phase { Queued, Listening, Loading, Sampling, Solving, Done } phase = Phase::Queued;
  int step = 0, steps = 0;
  double fraction = 0;           // 0…1 of the whole
  double secondsLeft = -1;       // < 0: not known yet
  std::string recording;         // the one that is listened to, its name without folders
};
using ProgressSink = std::function<void(const GenerationProgress&)>;

class MotionGenerator {
 public:
  virtual ~MotionGenerator() = default;
  /// Blocks. Polls `stop` between network blocks and solver iterations; answers Cancelled within
  /// 100 ms of a request to stop. Same request, weights, machine class and precision path: same
  /// bits, whatever the thread count.
  [[nodiscard]] virtual Result<GeneratedMotion> generate(const GenerationRequest& request,
                                                         const ProgressSink& progress,
                                                         std::stop_token stop) = 0;
  /// "CPU · kinescore-base", for the engine chip; loads nothing.
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace kinescore
